// Where there is a `process` as Node has it (Node, Bun, Deno), what is pending when a program has nothing more to do is sent
// before it ends. Where there is none, this does nothing.

type Listener = () => void;

interface ProcessLike {
  on(event: 'beforeExit', listener: Listener): unknown;
  off(event: 'beforeExit', listener: Listener): unknown;
}

/** `finish` runs again when it made more to do; once it makes nothing, the program ends. Returns what takes it back. */
export function onExit(finish: () => Promise<unknown>): () => void {
  const process: unknown = Reflect.get(globalThis, 'process');
  if (!isProcess(process)) return () => {};
  const listener = (): void => void finish();
  process.on('beforeExit', listener);
  return () => process.off('beforeExit', listener);
}

function isProcess(value: unknown): value is ProcessLike {
  if (typeof value !== 'object' || value === null || !('on' in value) || !('off' in value)) return false;
  return typeof value.on === 'function' && typeof value.off === 'function';
}
