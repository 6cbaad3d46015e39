// A secret, this once: copied, and then gone.

import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';

interface SecretShownProps {
  readonly title: string;
  readonly secret: string;
  /** Why it is to be kept now; absent: as it is with API keys. */
  readonly note?: string;
  readonly onClose: () => void;
}

const KEY_NOTE = 'It is shown this once. Only its digest is kept, so nobody can show it again.';

export function SecretShown({ title, secret, note = KEY_NOTE, onClose }: SecretShownProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
    >
      <Stack>
        <Alert color="yellow" variant="light" title="Copy it now">
          <Text size="sm">{note}</Text>
        </Alert>
        <Code block data-secret className="name">
          {secret}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button onClick={copy} variant={copied ? 'light' : 'filled'} data-autofocus>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            I have kept it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
