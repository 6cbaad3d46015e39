// Projects: an optional grouping of keys inside a customer.

import type { Project } from '@tollgate/accounts';
import { formatTimestamp, TollgateError } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import { existingCustomer } from './existing-customer.ts';
import { endLimits } from './limits/end-limits.ts';
import { ProjectId } from './project-id.ts';
import { type CallContext, defineRoute, json, NOTHING, type Route } from './route.ts';
import { Name, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { customerInQuestion, mustBeSeen } from './tenancy.ts';

const ProjectSchema = Type.Object({ id: ProjectId, customer: CustomerId, name: Name, created_at: Timestamp });

const NewProject = Type.Object(
  {
    name: Name,
    customer: Type.Optional(CustomerId),
  },
  { additionalProperties: false },
);

const ProjectPatch = Type.Object({ name: Type.Optional(Name) }, { additionalProperties: false });

export function projectRoutes(options: { readonly clock: Clock; readonly newId: IdGenerator }): readonly Route[] {
  const { clock, newId } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/projects',
      operationId: 'createProject',
      tag: 'Projects',
      summary: 'Create a project',
      description: "Without `customer` it is made in the caller's own.",
      scope: 'keys:write',
      body: NewProject,
      success: { status: 201, schema: ProjectSchema },
      errors: ['customer_mismatch'],
      async handle(call) {
        const { caller, body, records } = call;
        const customer = await existingCustomer(records, customerInQuestion(caller, body.customer));
        const project: Project = {
          id: newId('prj'),
          customerId: customer.id,
          name: body.name,
          createdAtMs: clock.now(),
        };
        await records.createProject(project);
        const after = toJson(project);
        const subject = { type: 'project', id: project.id };
        await records.appendAudit(
          auditOf(call, { action: 'project.created', customerId: customer.id, subject, before: null, after }),
        );
        return json(201, after);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/projects',
      operationId: 'listProjects',
      tag: 'Projects',
      summary: 'List projects',
      description: 'The oldest first.',
      scope: 'keys:read',
      query: Type.Object({ ...pageQuery, customer: Type.Optional(CustomerId) }, { additionalProperties: false }),
      success: { status: 200, schema: pageOf(ProjectSchema) },
      async handle({ caller, query, records }) {
        const customerId = customerInQuestion(caller, query.customer);
        const { limit, request } = pageRequest(query);
        const found = await records.projects({ ...request, ...(customerId === undefined ? {} : { customerId }) });
        const { rows, nextCursor } = toPage(found, limit);
        return json(200, { data: rows.map(toJson), next_cursor: nextCursor });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/projects/{id}',
      operationId: 'getProject',
      tag: 'Projects',
      summary: 'Get a project',
      scope: 'keys:read',
      success: { status: 200, schema: ProjectSchema },
      async handle({ caller, params, records }) {
        const found = await records.project(params['id'] ?? '');
        return json(200, toJson(mustBeSeen(caller, found, ({ customerId }) => customerId)));
      },
    }),
    ...changeRoutes(clock),
  ];
}

function changeRoutes(clock: Clock): readonly Route[] {
  return [
    defineRoute({
      method: 'PATCH',
      path: '/v1/projects/{id}',
      operationId: 'updateProject',
      tag: 'Projects',
      summary: 'Rename a project',
      scope: 'keys:write',
      body: ProjectPatch,
      success: { status: 200, schema: ProjectSchema },
      async handle(call) {
        const before = await lockedProject(call);
        const after: Project = { ...before, name: call.body.name ?? before.name };
        await call.records.renameProject(after.id, after.name);
        await recordAct(call, { action: 'project.updated', before, after });
        return json(200, toJson(after));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/projects/{id}',
      operationId: 'deleteProject',
      tag: 'Projects',
      summary: 'Delete a project',
      description: 'Refused while keys belong to it. Its limits end. Its usage stays its own.',
      scope: 'keys:write',
      success: { status: 204, schema: Type.Null() },
      errors: ['conflict'],
      async handle(call) {
        const before = await lockedProject(call);
        checkEmpty(await call.records.countKeys({ projectId: before.id }));
        const nowMs = clock.now();
        await call.records.deleteProject(before.id, nowMs);
        await endLimits(call, { scope: { kind: 'project', id: before.id }, nowMs });
        await recordAct(call, { action: 'project.deleted', before, after: null });
        return NOTHING;
      },
    }),
  ];
}

type ChangeCall = Pick<CallContext, 'caller' | 'origin' | 'records'>;

async function lockedProject(call: ChangeCall & { readonly params: Readonly<Record<string, string>> }) {
  const found = await call.records.lockProject(call.params['id'] ?? '');
  return mustBeSeen(call.caller, found, ({ customerId }) => customerId);
}

function checkEmpty(keyCount: number): void {
  if (keyCount === 0) return;
  throw new TollgateError({
    code: 'conflict',
    detail: `${keyCount} keys belong to the project. Delete them, or move them to another one, first.`,
  });
}

interface ProjectAct {
  readonly action: string;
  readonly before: Project;
  readonly after: Project | null;
}

async function recordAct(call: ChangeCall, { action, before, after }: ProjectAct): Promise<void> {
  await call.records.appendAudit(
    auditOf(call, {
      action,
      customerId: before.customerId,
      subject: { type: 'project', id: before.id },
      before: toJson(before),
      after: after === null ? null : toJson(after),
    }),
  );
}

function toJson({ id, customerId, name, createdAtMs }: Project) {
  return { id, customer: customerId, name, created_at: formatTimestamp(createdAtMs) };
}
