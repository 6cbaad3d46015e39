// Times as columns hold them: null stays null.

export function toTime(instantMs: number | null): Date | null {
  return instantMs === null ? null : new Date(instantMs);
}

export function fromTime(time: Date | null): number | null {
  return time === null ? null : time.getTime();
}
