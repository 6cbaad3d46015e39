export { type Archives, createArchives, type WrittenPart } from './archives.ts';
export type { NewFile } from './pack-files.ts';
