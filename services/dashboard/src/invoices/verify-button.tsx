// Calculates a finalized invoice once more from its events and prices, and says whether it comes to the same.

import { Alert, Button, Modal, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';

export function VerifyButton({ id }: { readonly id: string }) {
  const verify = useMutation({
    mutationFn: () => bodyOf(api.POST('/v1/invoices/{id}/verify', { params: { path: { id } }, body: {} })),
  });
  return (
    <>
      <Button variant="default" size="xs" onClick={() => verify.mutate()} loading={verify.isPending}>
        Verify
      </Button>
      <Modal
        opened={verify.isSuccess || verify.isError}
        onClose={verify.reset}
        title="Calculated once more"
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {verify.isError && <ProblemAlert error={verify.error} />}
        {verify.data?.equal === true && (
          <Alert color="teal" variant="light" title="It comes to the same">
            From its events and prices, to the last digit; its ledger and its hash are right too.
          </Alert>
        )}
        {verify.data?.equal === false && (
          <Stack>
            <Text size="sm">These values differ:</Text>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Where</Table.Th>
                  <Table.Th>On the invoice</Table.Th>
                  <Table.Th>Found now</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {verify.data.differences.map(({ where, stored, found }) => (
                  <Table.Tr key={where}>
                    <Table.Td className="name">{where}</Table.Td>
                    <Table.Td className="name">{stored ?? '–'}</Table.Td>
                    <Table.Td className="name">{found ?? '–'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        )}
      </Modal>
    </>
  );
}
