// Who may send how much at once. A receiver that fails or is slow holds its slots long, so it gets few, and all such
// receivers together leave half of the slots to the others: they wait for one another, nobody else waits for them.

const ENDPOINT_SLOTS_MAX = 16;
const TROUBLED_ENDPOINT_SLOTS_MAX = 2;
const SLOW_MS = 1_000;
/** Remembered at most; who is forgotten counts as well until it fails again. */
const TROUBLED_MAX = 10_000;

export interface Slots {
  /** For all endpoints together. */
  readonly room: number;
  readonly inFlight: number;
  /** For an endpoint of which nothing is known. */
  readonly endpointRoom: number;
  /** What other endpoints may have now. Those in trouble take turns. */
  exceptions(): ReadonlyMap<string, number>;
  take(endpointId: string): void;
  free(endpointId: string, ended: { readonly isSuccess: boolean; readonly durationMs: number }): void;
}

export function createSlots(slotsMax: number): Slots {
  const taken = new Map<string, number>();
  /** The one whose turn was longest ago first. */
  const troubled = new Set<string>();
  let inFlight = 0;

  const takenOf = (endpointId: string): number => taken.get(endpointId) ?? 0;
  const troubledRooms = (rooms: Map<string, number>): void => {
    let left = Math.floor(slotsMax / 2);
    for (const id of troubled) left -= takenOf(id);
    const served: string[] = [];
    for (const id of troubled) {
      const room = Math.max(0, Math.min(left, TROUBLED_ENDPOINT_SLOTS_MAX - takenOf(id)));
      rooms.set(id, room);
      left -= room;
      if (room > 0) served.push(id);
    }
    for (const id of served) moveToEnd(troubled, id);
  };

  return {
    endpointRoom: Math.min(ENDPOINT_SLOTS_MAX, slotsMax),
    get inFlight() {
      return inFlight;
    },
    get room() {
      return slotsMax - inFlight;
    },
    exceptions() {
      const rooms = new Map<string, number>();
      for (const [id, count] of taken) rooms.set(id, Math.max(0, ENDPOINT_SLOTS_MAX - count));
      troubledRooms(rooms);
      return rooms;
    },
    take(endpointId) {
      inFlight += 1;
      taken.set(endpointId, takenOf(endpointId) + 1);
    },
    free(endpointId, { isSuccess, durationMs }) {
      inFlight -= 1;
      const left = takenOf(endpointId) - 1;
      if (left <= 0) taken.delete(endpointId);
      else taken.set(endpointId, left);
      if (isSuccess && durationMs < SLOW_MS) {
        troubled.delete(endpointId);
        return;
      }
      moveToEnd(troubled, endpointId);
      const [oldest] = troubled;
      if (troubled.size > TROUBLED_MAX && oldest !== undefined) troubled.delete(oldest);
    },
  };
}

function moveToEnd(set: Set<string>, value: string): void {
  set.delete(value);
  set.add(value);
}
