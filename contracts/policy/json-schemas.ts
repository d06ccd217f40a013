import * as z from 'zod';

import { directoryDefinition } from './directory-file.ts';
import { policyDefinition, routingDefinition } from './policy-file.ts';

const forms = {
  policy: { schema: policyDefinition, title: 'An escalation policy of Tierline' },
  routing: { schema: routingDefinition, title: 'Where Tierline sends an escalation' },
  directory: { schema: directoryDefinition, title: 'People, on-call schedules, calendars and accounts of Tierline' },
} as const;

/**
 * JSON Schemas of the files under `policies/`, for editors, by file name. Made from the schemas that read the files, so
 * they can't say anything else; what a pattern can't express (a day that no month has) is left to `policy check`.
 */
export function editorSchemas(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(forms).map(([name, { schema, title }]) => [
      `${name}.schema.json`,
      `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'ref' }) }, null, 2)}\n`,
    ]),
  );
}
