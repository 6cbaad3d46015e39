// What every refusal must look like: a problem with its code, its status, a sentence and the request's id.

import { ERROR_STATUS, type ErrorCode } from '@tollgate/domain';
import { expect } from 'vitest';

export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

export async function expectProblem(res: Response, code: ErrorCode): Promise<ProblemBody> {
  const problem = (await res.json()) as ProblemBody;
  expect(problem).toMatchObject({ code, status: ERROR_STATUS[code], detail: expect.stringMatching(/^.{10,}[.]/) });
  expect(res.status).toBe(ERROR_STATUS[code]);
  expect(res.headers.get('content-type')).toBe('application/problem+json');
  expect(problem.request_id).toBe(res.headers.get('x-request-id'));
  return problem;
}
