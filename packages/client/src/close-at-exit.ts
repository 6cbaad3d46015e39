// Where there is a `process` as Node has it (Node, Bun, Deno), what is pending when a program has nothing more to do is sent
// before it ends. Where there is none, this does nothing.

type Listener = () => void;

interface ProcessLike {
  once(event: 'beforeExit', listener: Listener): unknown;
  off(event: 'beforeExit', listener: Listener): unknown;
}

/** Returns what takes it back. */
export function closeAtExit(close: () => Promise<unknown>): () => void {
  const process: unknown = Reflect.get(globalThis, 'process');
  if (!isProcess(process)) return () => {};
  const listener = (): void => void close();
  process.once('beforeExit', listener);
  return () => process.off('beforeExit', listener);
}

function isProcess(value: unknown): value is ProcessLike {
  if (typeof value !== 'object' || value === null || !('once' in value) || !('off' in value)) return false;
  return typeof value.once === 'function' && typeof value.off === 'function';
}
