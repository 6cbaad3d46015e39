// A row of the matrix: what is done, while traffic flows, to a system that must not lose or double anything by it.

import type { LogKind } from '../support/stack.ts';
import type { Scene, WholeScene } from './scene.ts';

interface AnyRow {
  /** Of the fault, as the table of results has it. */
  readonly name: string;
  /** Absent: on both. */
  readonly logs?: readonly LogKind[];
}

/** Needs the way of an event to its usage alone: part of `npm test`. */
export interface PipeRow extends AnyRow {
  readonly extent: 'pipe';
  readonly fault: (scene: Scene) => Promise<void>;
}

interface WholeRow extends AnyRow {
  readonly extent: 'whole';
  readonly fault: (scene: WholeScene) => Promise<void>;
  /** What happens to the draft once all is counted; it is finalized in an ordinary way afterwards where it is not yet. */
  readonly closing?: (scene: WholeScene, invoiceId: string) => Promise<void>;
}

export type FaultRow = PipeRow | WholeRow;
