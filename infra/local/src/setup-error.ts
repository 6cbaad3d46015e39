// What cannot be had on this machine, as one sentence with the remedy; shown to people without a stack.

export class SetupError extends Error {
  override readonly name = 'SetupError';
}
