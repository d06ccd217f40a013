import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { assertNever } from '../../domain/assert-never.ts';
import { queryClient } from './api/queries.ts';
import { useSession } from './auth/session.ts';
import { SignInPage } from './auth/sign-in-page.tsx';
import { router } from './router.tsx';
import { theme } from './theme/theme.ts';
import { Toasts } from './toasts/toasts.tsx';

/**
 * Everything that a page needs around it. Mantine's own style elements are off: the same variables are in the style
 * sheet, and the content security policy refuses the elements.
 */
export function App({ failure }: { readonly failure: string | null }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <Gate failure={failure} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Gate({ failure }: { readonly failure: string | null }) {
  const session = useSession();
  if (failure !== null) return <SignInPage error={failure} />;
  switch (session.status) {
    case 'starting':
      return null;
    case 'signed_out':
      return <SignInPage error={session.error} />;
    case 'signed_in':
    case 'expired':
      return <RouterProvider router={router} />;
    default:
      return assertNever(session);
  }
}
