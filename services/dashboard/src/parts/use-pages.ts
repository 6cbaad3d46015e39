// A list that the api gives in pages, gathered as far as somebody has asked for.

import { useInfiniteQuery } from '@tanstack/react-query';

interface PageOf<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

interface PagesOptions<Row> {
  readonly queryKey: readonly unknown[];
  readonly read: (cursor: string | undefined) => Promise<PageOf<Row>>;
  readonly refetchMs?: number;
}

export function usePages<Row>({ queryKey, read, refetchMs }: PagesOptions<Row>) {
  const asked = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: cursor }: PageOf<Row>) => cursor ?? undefined,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
  });
  return {
    rows: asked.data?.pages.flatMap(({ data }) => data),
    error: asked.error,
    onRetry: () => void asked.refetch(),
    onMore: asked.hasNextPage ? () => void asked.fetchNextPage() : undefined,
    isLoadingMore: asked.isFetchingNextPage,
  };
}
