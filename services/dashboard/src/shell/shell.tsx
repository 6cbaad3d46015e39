// What stands around every page: the way between pages, the zone, light or dark, and who is signed in.

import {
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  SegmentedControl,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../api/client.ts';
import { IS_EMBEDDED } from '../api/view.ts';
import icon from '../icon.svg';
import { useSession } from '../session/session.ts';
import { SECTIONS } from './sections.ts';
import { ZoneChooser, ZoneProvider } from './zone.tsx';

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(path);
  useEffect(() => {
    close();
    // Where a page has changed, reading goes on at its beginning.
    if (shownPath.current !== path) main.current?.focus({ preventScroll: true });
    shownPath.current = path;
  }, [path, close]);
  return (
    <ZoneProvider>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell
        layout="alt"
        header={{ height: 56 }}
        navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        padding={{ base: 'md', sm: 'xl' }}
      >
        <AppShell.Header className="shell-header">
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={isOpen}
            />
            <Group gap="sm" wrap="nowrap" ml="auto">
              <ZoneChooser />
              <Account />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className="shell-nav" p="sm">
          <Group h={40} px="xs" mb="sm" justify="space-between" wrap="nowrap">
            <Group gap="xs" wrap="nowrap">
              <img src={icon} alt="" width={24} height={24} />
              <Text fw={700}>Tollgate</Text>
            </Group>
            <Burger opened onClick={close} hiddenFrom="sm" size="sm" aria-label="Close the navigation" />
          </Group>
          <Navigation path={path} />
        </AppShell.Navbar>
        <AppShell.Main id="main" ref={main} tabIndex={-1}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </ZoneProvider>
  );
}

function Navigation({ path }: { readonly path: string }) {
  const session = useSession();
  const isHere = (section: string): boolean =>
    section === '/' ? path === '/' : path === section || path.startsWith(`${section}/`);
  return (
    <nav aria-label="Pages">
      {SECTIONS.filter(({ isSeen }) => isSeen(session)).map((section) => (
        <NavLink
          key={section.path}
          className="nav-link"
          component={Link}
          to={section.path}
          label={section.name}
          active={isHere(section.path)}
          aria-current={isHere(section.path) ? 'page' : undefined}
        />
      ))}
    </nav>
  );
}

function Account() {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({
    mutationFn: () => api.DELETE('/v1/sessions/current'),
    async onSettled() {
      await navigate({ to: '/sign-in', search: { to: '/' } });
      queries.clear();
    },
  });
  const whose = session.customer_name ?? 'Operator';
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <Button variant="default" size="xs" maw={180} aria-label={`Account: ${whose}`}>
          <span className="cut">{whose}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="name">
          {session.kind === 'portal' ? 'Signed in by a link' : `Signed in with “${session.key_name}”`}
        </Menu.Label>
        <Group px="sm" py={6}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Appearance"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
            data={[
              { value: 'auto', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </Group>
        <Menu.Divider />
        <Menu.Item component="a" href="/docs">
          The API
        </Menu.Item>
        {!IS_EMBEDDED && <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
