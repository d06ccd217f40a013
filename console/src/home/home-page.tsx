import { assertNever } from '../../../domain/assert-never.ts';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries.ts';
import type { Me } from '../api/types.ts';
import { ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { AccountManagerHome, LeaderHome, ProgrammeHome, ResponderHome } from './homes.tsx';

type HomeRole = 'responder' | 'account_manager' | 'programme_manager' | 'leader';

/** Whoever has several roles sees the home of the one that acts most. */
const byPrecedence: readonly HomeRole[] = ['programme_manager', 'responder', 'account_manager', 'leader'];

/** The first page of the day, for each role what it has to look at. */
export function HomePage() {
  const me = useQuery(meQuery);
  if (me.data === undefined) {
    return me.isError ? (
      <ErrorState isPage error={me.error} onRetry={() => void me.refetch()} />
    ) : (
      <RowsSkeleton rows={10} height={44} />
    );
  }
  return <Home me={me.data} />;
}

function Home({ me }: { readonly me: Me }) {
  const role = byPrecedence.find((one) => me.roles.includes(one)) ?? 'leader';
  switch (role) {
    case 'responder':
      return <ResponderHome me={me} />;
    case 'account_manager':
      return <AccountManagerHome />;
    case 'programme_manager':
      return <ProgrammeHome />;
    case 'leader':
      return <LeaderHome />;
    default:
      return assertNever(role);
  }
}
