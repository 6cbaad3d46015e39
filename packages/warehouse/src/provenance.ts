// Provenance by class as one short text, `input:reported,output:counted`: of the same few values in millions of rows,
// which a dictionary column holds in a byte each.

import { PROVENANCES, type Provenance, type ProvenanceByClass, TOKEN_CLASSES, type TokenClass } from '@tollgate/domain';

export function formatProvenance(provenance: ProvenanceByClass): string {
  let text = '';
  for (const tokenClass of TOKEN_CLASSES) {
    const value = provenance[tokenClass];
    if (value !== undefined) text += `${text === '' ? '' : ','}${tokenClass}:${value}`;
  }
  return text;
}

export function parseProvenance(text: string): ProvenanceByClass {
  const provenance: Partial<Record<TokenClass, Provenance>> = {};
  for (const pair of text.split(',')) {
    const [name, value] = pair.split(':');
    const tokenClass = TOKEN_CLASSES.find((candidate) => candidate === name);
    const known = PROVENANCES.find((candidate) => candidate === value);
    if (tokenClass !== undefined && known !== undefined) provenance[tokenClass] = known;
  }
  return provenance;
}
