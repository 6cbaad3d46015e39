// One plan: what each of its versions asks for. A version never changes.

import '../money.css';
import { Button, Select, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { dateTime } from '../format/time.ts';
import { ConfirmByName } from '../parts/confirm-by-name.tsx';
import { Facts } from '../parts/facts.tsx';
import { useNames } from '../parts/names.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Time } from '../parts/time.tsx';
import { holds, useSession } from '../session/session.ts';
import { useZone } from '../shell/zone.tsx';
import { planQuery, planVersionsQuery } from './plan-queries.ts';
import { PlanTerms } from './plan-terms.tsx';

const route = getRouteApi('/shell/plans/$id');

export function PlanPage() {
  const { id } = route.useParams();
  const { version } = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const nameOf = useNames();
  const session = useSession();
  const plan = useQuery(planQuery(id));
  const versions = useQuery(planVersionsQuery(id));
  const shown = versions.data?.find((one) => one.version === version) ?? versions.data?.[0];
  const error = plan.error ?? versions.error;
  const isWriter = holds(session, 'billing:write') && plan.data?.archived_at === null;
  return (
    <Page
      title={plan.data?.name ?? 'Plan'}
      lead={
        plan.data === undefined
          ? undefined
          : `In ${plan.data.currency}${plan.data.archived_at === null ? '' : ', archived'}`
      }
      actions={
        isWriter && (
          <>
            <ArchivePlan id={id} name={plan.data?.name ?? id} />
            <Button renderRoot={(props) => <Link to="/plans/$id/new" params={{ id }} {...props} />}>New version</Button>
          </>
        )
      }
    >
      {error !== null && <ProblemAlert error={error} onRetry={() => void versions.refetch()} />}
      {error === null && shown === undefined && <Skeleton h={260} />}
      {shown !== undefined && (
        <>
          <Panel>
            <Select
              label="Version"
              size="xs"
              w={260}
              mb="md"
              allowDeselect={false}
              data={(versions.data ?? []).map((one) => ({
                value: String(one.version),
                label: `${one.version}, of ${dateTime(one.created_at, zone)} (${zone})`,
              }))}
              value={String(shown.version)}
              onChange={(value) => void navigate({ search: { version: Number(value) }, replace: true })}
            />
            <Facts
              facts={[
                [`Made (${zone})`, <Time key="made" at={shown.created_at} />],
                ['Made by', nameOf(shown.created_by)],
                ['Whoever subscribes now gets', shown === versions.data?.[0] ? 'this version' : 'a later one'],
                ['Id', id],
              ]}
            />
          </Panel>
          <PlanTerms terms={shown} />
        </>
      )}
    </Page>
  );
}

function ArchivePlan({ id, name }: { readonly id: string; readonly name: string }) {
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const archive = useMutation({
    mutationFn: () => api.DELETE('/v1/plans/{id}', { params: { path: { id } } }),
    async onSuccess() {
      setAsking(false);
      await queries.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Archive
      </Button>
      {isAsking && (
        <ConfirmByName
          title="Archive"
          what="Nobody subscribes to it any more; who has it keeps it."
          name={name}
          error={archive.error}
          isPending={archive.isPending}
          onConfirm={() => archive.mutate()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
