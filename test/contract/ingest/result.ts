// The answer to a request whose elements were looked at one by one, for tests to read.

export interface ResultBody {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly id: string | null;
    readonly code: string;
    readonly detail: string;
    readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  }[];
}

export async function resultOf(res: Response): Promise<ResultBody> {
  return (await res.json()) as ResultBody;
}
