// The terms of a plan from JSON and back: one codec for what the API takes and shows and for what is stored. What the schema
// cannot say is checked here, and told with a pointer to its place.

import type { Charge, Discount } from './charge.ts';
import { flawOfCharge } from './charge.ts';
import { minorDigitsOf } from './currency.ts';
import { parseDecimal } from './decimal.ts';
import type { FieldError } from './error-codes.ts';
import { type Exact, exactText, parseExact, ZERO } from './exact.ts';
import { formatMinor } from './money.ts';
import { type Commitment, type Fee, flawOfTerms, type PlanTerms } from './plan-terms.ts';
import type { ChargeJson, DiscountJson, PlanTermsJson, PriceModelJson, TierJson } from './plan-terms-schema.ts';
import { isPriceClass, type PriceClass } from './price.ts';
import type { RateModel, Tier } from './rate-model.ts';

type ReadPlanTerms =
  | { readonly kind: 'terms'; readonly terms: PlanTerms }
  | { readonly kind: 'flawed'; readonly errors: readonly FieldError[] };

/** Of JSON that has the schema's shape. The pointers begin at the terms. */
export function readPlanTerms(json: PlanTermsJson, currency: string): ReadPlanTerms {
  const errors: FieldError[] = [];
  const terms = termsOf(json, { currency, errors });
  if (errors.length === 0) errors.push(...flawsOf(terms));
  return errors.length === 0 ? { kind: 'terms', terms } : { kind: 'flawed', errors };
}

/** Of what was stored, which was read by the above before. */
export function storedPlanTerms(json: PlanTermsJson, currency: string): PlanTerms {
  const read = readPlanTerms(json, currency);
  if (read.kind === 'flawed') throw new Error(`stored terms of a plan are flawed: ${JSON.stringify(read.errors)}`);
  return read.terms;
}

export function planTermsJson({ charges, fees, commitment }: PlanTerms, currency: string) {
  const feeJson = ({ id, description, amountMinor }: Fee | Commitment) => ({
    ...{ id, description, amount: formatMinor(amountMinor, currency) },
  });
  return {
    charges: charges.map(chargeJson),
    fees: fees.map(feeJson),
    commitment: commitment === null ? null : { ...feeJson(commitment), charges: commitment.chargeIds?.slice() ?? null },
  } satisfies PlanTermsJson;
}

function flawsOf(terms: PlanTerms): readonly FieldError[] {
  const ofCharges = terms.charges.flatMap((charge, index) => {
    const detail = flawOfCharge(charge);
    return detail === undefined ? [] : [{ pointer: `/charges/${index}`, detail }];
  });
  if (ofCharges.length > 0) return ofCharges;
  const detail = flawOfTerms(terms);
  if (detail !== undefined) return [{ pointer: '', detail }];
  const ids = new Set([...terms.charges, ...terms.fees].map(({ id }) => id));
  return (terms.commitment?.chargeIds ?? []).flatMap((id, index) =>
    ids.has(id)
      ? []
      : [{ pointer: `/commitment/charges/${index}`, detail: 'No charge or fee of the plan has this id.' }],
  );
}

interface Reading {
  readonly currency: string;
  readonly errors: FieldError[];
}

function termsOf({ charges = [], fees = [], commitment = null }: PlanTermsJson, reading: Reading): PlanTerms {
  return {
    charges: charges.map((charge, index) => chargeOf(charge, { ...reading, pointer: `/charges/${index}` })),
    fees: fees.map(({ id, description, amount }, index) => ({
      ...{ id, description, amountMinor: minorOf(amount, { ...reading, pointer: `/fees/${index}/amount` }) },
    })),
    commitment:
      commitment === null
        ? null
        : {
            id: commitment.id,
            description: commitment.description,
            amountMinor: minorOf(commitment.amount, { ...reading, pointer: '/commitment/amount' }),
            chargeIds: commitment.charges ?? null,
          },
  };
}

interface Place extends Reading {
  readonly pointer: string;
}

function chargeOf(json: ChargeJson, place: Place): Charge {
  const decimal = (name: 'allowance' | 'maximum' | 'minimum'): Exact | null => {
    const text = json[name] ?? null;
    return text === null ? null : exactOf(text, at(place, name));
  };
  return {
    id: json.id,
    description: json.description,
    classes: json.classes?.flatMap((name, index) => classOf(name, at(place, `classes/${index}`))) ?? null,
    modelPattern: json.model ?? null,
    projectId: json.project ?? null,
    takes: json.takes ?? 'own',
    splitBy: json.split_by ?? [],
    model: modelOf(json.price_model, at(place, 'price_model')),
    allowance: decimal('allowance') ?? ZERO,
    discount: discountOf(json.discount ?? null, at(place, 'discount')),
    maximum: decimal('maximum'),
    minimum: minimumOf(decimal('minimum'), at(place, 'minimum')),
  };
}

function modelOf(json: PriceModelJson, place: Place): RateModel {
  switch (json.kind) {
    case 'per_unit':
      return { kind: json.kind, unitPrice: exactOf(json.unit_price, at(place, 'unit_price')) };
    case 'graduated':
    case 'volume':
      return {
        kind: json.kind,
        tiers: json.tiers.map((tier, index) => tierOf(tier, at(place, `tiers/${index}`))),
      };
    case 'package':
      return {
        kind: json.kind,
        size: exactOf(json.size, at(place, 'size')),
        price: exactOf(json.price, at(place, 'price')),
      };
    case 'percentage':
      return {
        kind: json.kind,
        of: json.of,
        percent: exactOf(json.percent, at(place, 'percent')),
        feePerEvent: exactOf(json.fee_per_event ?? '0', at(place, 'fee_per_event')),
      };
    case 'cost_plus':
      return { kind: json.kind, percent: exactOf(json.percent, at(place, 'percent')) };
  }
}

function tierOf({ up_to: upTo, unit_price: price, flat_fee: fee = '0' }: TierJson, place: Place): Tier {
  return {
    upTo: upTo === null ? null : exactOf(upTo, at(place, 'up_to')),
    unitPrice: exactOf(price, at(place, 'unit_price')),
    flatFee: exactOf(fee, at(place, 'flat_fee')),
  };
}

function discountOf(json: DiscountJson, place: Place): Discount | null {
  if (json === null) return null;
  return json.kind === 'percent'
    ? { kind: 'percent', percent: exactOf(json.percent, at(place, 'percent')) }
    : { kind: 'amount', amount: exactOf(json.amount, at(place, 'amount')) };
}

/** It is prorated in minor units, so it is of whole ones. */
function minimumOf(minimum: Exact | null, place: Place): Exact | null {
  if (minimum !== null) minorOf(exactText(minimum), place);
  return minimum;
}

function classOf(name: string, place: Place): readonly PriceClass[] {
  if (isPriceClass(name)) return [name];
  place.errors.push({ pointer: place.pointer, detail: 'This is no class that has a price.' });
  return [];
}

function exactOf(text: string, place: Place): Exact {
  const value = parseExact(text);
  if (value !== undefined) return value;
  place.errors.push({ pointer: place.pointer, detail: 'This is no decimal of at most 24 digits on each side.' });
  return ZERO;
}

function minorOf(text: string, { currency, errors, pointer }: Place): bigint {
  const digits = minorDigitsOf(currency);
  const minor = parseDecimal(text, digits);
  if (minor !== undefined) return minor;
  errors.push({ pointer, detail: `An amount of ${currency} has ${digits} digits after the point at most.` });
  return 0n;
}

function at(place: Place, name: string): Place {
  return { ...place, pointer: `${place.pointer}/${name}` };
}

function chargeJson(charge: Charge) {
  const { id, description, classes, modelPattern, projectId, takes, splitBy, model } = charge;
  const { allowance, discount, maximum, minimum } = charge;
  return {
    ...{ id, description },
    classes: classes?.slice() ?? null,
    model: modelPattern,
    project: projectId,
    takes,
    split_by: [...splitBy],
    price_model: modelJson(model),
    allowance: exactText(allowance),
    discount: discountJson(discount),
    maximum: maximum === null ? null : exactText(maximum),
    minimum: minimum === null ? null : exactText(minimum),
  } satisfies ChargeJson;
}

function modelJson(model: RateModel): PriceModelJson {
  switch (model.kind) {
    case 'per_unit':
      return { kind: model.kind, unit_price: exactText(model.unitPrice) };
    case 'graduated':
    case 'volume':
      return { kind: model.kind, tiers: model.tiers.map(tierJson) };
    case 'package':
      return { kind: model.kind, size: exactText(model.size), price: exactText(model.price) };
    case 'percentage': {
      const { kind, of, percent, feePerEvent } = model;
      return { kind, of, percent: exactText(percent), fee_per_event: exactText(feePerEvent) };
    }
    case 'cost_plus':
      return { kind: model.kind, percent: exactText(model.percent) };
  }
}

function tierJson({ upTo, unitPrice, flatFee }: Tier): TierJson {
  return {
    up_to: upTo === null ? null : exactText(upTo),
    unit_price: exactText(unitPrice),
    flat_fee: exactText(flatFee),
  };
}

function discountJson(discount: Discount | null): DiscountJson {
  if (discount === null) return null;
  return discount.kind === 'percent'
    ? { kind: discount.kind, percent: exactText(discount.percent) }
    : { kind: discount.kind, amount: exactText(discount.amount) };
}
