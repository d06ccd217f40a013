/** A process that is killed at a fault point: does one thing to the store that its argument describes. */
import { createStore } from '../../store/client.ts';
import { acceptIntake, type Intake } from '../../store/intake.ts';
import { adoptOrphan } from '../../store/orphans.ts';
import { run } from '../support/desk.ts';

async function main(task: string, argument: string): Promise<void> {
  const store = createStore();
  if (task === 'intake') {
    const intake: Intake = JSON.parse(argument);
    await acceptIntake(store, intake);
  } else if (task === 'begin') {
    await run(store, argument, { type: 'begin' }, { clearPending: true });
  } else {
    await adoptOrphan(store, argument, Date.now());
  }
  store.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
