// What a page shows, in words and in order, without how it is drawn: `page.typ` draws it. Every amount is text already, so that
// nothing is reckoned twice.

/** A piece of text in the language that its letters are of, since letters alone do not say how they are drawn. */
export interface Wording {
  readonly text: string;
  /** ISO 639-1. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
}

/** A row of figures: what it is, how much of it at which price, and what that comes to. */
export interface PageRow {
  /** `head`: what the rows after it are of. `detail`: how the row before came to be. */
  readonly kind: 'head' | 'row' | 'detail' | 'sum';
  readonly cells: readonly Wording[];
}

export interface PageTable {
  readonly title: string;
  /** The first is left-aligned unless it says otherwise, and the last are figures. */
  readonly columns: readonly PageColumn[];
  readonly rows: readonly PageRow[];
}

export interface PageColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
  /** Parts of the width of the page. */
  readonly width: number;
}

export interface PageParty {
  readonly label: string;
  readonly name: Wording;
  readonly lines: readonly Wording[];
}

export interface PageTotal {
  readonly label: Wording;
  readonly amount: string;
  readonly weight: 'plain' | 'strong' | 'due';
}

export interface Page {
  readonly title: string;
  /** What the file is called and by whom: of the file, not on the page. */
  readonly name: string;
  readonly author: string;
  /** `2026-11-24`: the date of the file is one of the invoice, so that the same invoice is the same file. */
  readonly date: string;
  readonly paper: 'a4' | 'us-letter';
  /** A mark across the page of what is not final; null: none. */
  readonly mark: string | null;
  readonly facts: readonly { readonly label: string; readonly value: Wording }[];
  readonly parties: readonly PageParty[];
  readonly due: { readonly label: string; readonly amount: string; readonly detail: string };
  readonly tables: readonly PageTable[];
  readonly totals: readonly PageTotal[];
  readonly notes: readonly { readonly title: string; readonly paragraphs: readonly Wording[] }[];
  /** At the foot of each page, beside its number. */
  readonly foot: Wording;
}
