import type { PersonCommandType } from '../../domain/escalation/commands.ts';
import { createStore } from '../../store/client.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import { bind, createLambda, type Call, type LambdaHandler, type LambdaParts } from '../http/lambda.ts';
import { lazily, partsFor } from '../http/parts.ts';
import { TemporalGateway, temporalTargetFrom } from '../temporal/temporal-gateway.ts';
import { migrateEscalations } from './migrate-escalations.ts';
import { runCommand, type CommandPorts } from './run-command.ts';
import type { Asked } from './to-command.ts';

export function createCommandLambda(ports: CommandPorts, parts: LambdaParts): LambdaHandler {
  const run = (call: Call<PersonCommandType>, asked: Asked) =>
    runCommand(ports, call, call.input.params.id, call.input.headers, asked);
  return createLambda(
    'command',
    {
      acknowledge: bind('acknowledge', (call) => run(call, { type: 'acknowledge', body: call.input.body })),
      'start-investigation': bind('start-investigation', (call) =>
        run(call, { type: 'start-investigation', body: call.input.body }),
      ),
      assign: bind('assign', (call) => run(call, { type: 'assign', body: call.input.body })),
      'hand-off': bind('hand-off', (call) => run(call, { type: 'hand-off', body: call.input.body })),
      escalate: bind('escalate', (call) => run(call, { type: 'escalate', body: call.input.body })),
      'de-escalate': bind('de-escalate', (call) => run(call, { type: 'de-escalate', body: call.input.body })),
      'change-severity': bind('change-severity', (call) =>
        run(call, { type: 'change-severity', body: call.input.body }),
      ),
      note: bind('note', (call) => run(call, { type: 'note', body: call.input.body })),
      'send-update': bind('send-update', (call) => run(call, { type: 'send-update', body: call.input.body })),
      pause: bind('pause', (call) => run(call, { type: 'pause', body: call.input.body })),
      resume: bind('resume', (call) => run(call, { type: 'resume', body: call.input.body })),
      resolve: bind('resolve', (call) => run(call, { type: 'resolve', body: call.input.body })),
      reopen: bind('reopen', (call) => run(call, { type: 'reopen', body: call.input.body })),
      'submit-rca': bind('submit-rca', (call) => run(call, { type: 'submit-rca', body: call.input.body })),
      'approve-rca': bind('approve-rca', (call) => run(call, { type: 'approve-rca', body: call.input.body })),
      close: bind('close', (call) => run(call, { type: 'close', body: call.input.body })),
      'migrate-policy': bind('migrate-policy', (call) => run(call, { type: 'migrate-policy', body: call.input.body })),
      migrateEscalations: bind('migrateEscalations', (call) => migrateEscalations(ports, call)),
      cancel: bind('cancel', (call) => run(call, { type: 'cancel', body: call.input.body })),
    },
    parts,
  );
}

export const handler = lazily(() => {
  const store = createStore();
  const directory = new DirectoryReader(store, { keepsCalendars: false });
  return createCommandLambda(
    {
      store,
      gateway: new TemporalGateway(temporalTargetFrom()),
      calendars: directory,
      document: () => directory.document(),
    },
    partsFor('command', store),
  );
});
