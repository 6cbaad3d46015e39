// Which version of a plan is shown, as it stands in the address.

export function readPlanSearch({ version }: Record<string, unknown>): { readonly version?: number } {
  const number = Number(version);
  return Number.isInteger(number) && number > 0 ? { version: number } : {};
}
