import type { Role } from '../../contracts/roles.ts';
import type { DemoPerson } from './people.ts';

const titles: Readonly<Record<Role, string>> = {
  responder: 'Responders',
  account_manager: 'Account managers',
  programme_manager: 'Programme managers',
  leader: 'Leaders',
  integration: 'Machines',
};

/** The style of the issuer's pages; its hash stands in their content security policy. */
export const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
  body { margin: 0 auto; padding: 2rem 1rem; max-width: 40rem; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
  form { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0.5rem; }
  button { font: inherit; padding: 0.6rem 0.8rem; text-align: left; border: 1px solid currentColor; border-radius: 0.4rem; background: transparent; color: inherit; cursor: pointer; }
  button:hover, button:focus-visible { outline: 2px solid #2563eb; outline-offset: 1px; }
  small { display: block; opacity: 0.75; }
`;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style>${style}</style></head>
<body>${body}</body>
</html>`;
}

function button(person: DemoPerson): string {
  const about = person.accounts.length > 0 ? person.accounts.join(', ') : (person.team ?? '');
  return `<button type="submit" name="person" value="${escape(person.id)}">${escape(person.name)}<small>${escape(person.id)}${about === '' ? '' : ` · ${escape(about)}`}</small></button>`;
}

/** Choose who to be: the local stack has no passwords. */
export function signInPage(people: readonly DemoPerson[], action: string): string {
  const roles: readonly Role[] = ['responder', 'account_manager', 'programme_manager', 'leader'];
  const sections = roles.map((role) => {
    const buttons = people.filter((person) => person.role === role).map(button);
    return `<section><h2>${titles[role]}</h2><form method="post" action="${escape(action)}">${buttons.join('')}</form></section>`;
  });
  return page(
    'Sign in to Tierline',
    `<main><h1>Sign in to Tierline</h1><p>Local demo: choose who you are. There are no passwords here.</p>${sections.join('')}</main>`,
  );
}

/** Signing out is asked for by the console and needs no second question, only a click where scripts are off. */
export function signOutPage(form: string): string {
  return page(
    'Sign out',
    `<main><h1>Sign out of Tierline?</h1>${form}<p><button autofocus type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button></p></main>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<main><h1>${escape(title)}</h1><p>${escape(text)}</p></main>`);
}
