// Projects: an optional grouping of keys inside a customer.

import type { Project } from '@tollgate/accounts';
import { formatTimestamp } from '@tollgate/domain';
import type { Clock, IdGenerator } from '@tollgate/runtime';
import Type from 'typebox';
import { auditOf } from './audit.ts';
import { CustomerId } from './customers.ts';
import { existingCustomer } from './existing-customer.ts';
import { defineRoute, json, type Route } from './route.ts';
import { idOf, Name, pageOf, pageQuery, pageRequest, Timestamp, toPage } from './schemas.ts';
import { customerInQuestion, mustBeSeen } from './tenancy.ts';

export const ProjectId = idOf('prj', 'a project');

const ProjectSchema = Type.Object({ id: ProjectId, customer: CustomerId, name: Name, created_at: Timestamp });

const NewProject = Type.Object(
  {
    name: Name,
    customer: Type.Optional(CustomerId),
  },
  { additionalProperties: false },
);

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
  ];
}

function toJson({ id, customerId, name, createdAtMs }: Project) {
  return { id, customer: customerId, name, created_at: formatTimestamp(createdAtMs) };
}
