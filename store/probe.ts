import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { updateItem } from './requests.ts';

/**
 * Answers once the table takes writes to an escalation's partition: by a write whose condition never holds, so that it
 * changes nothing. Costs one unit.
 * @throws StoreError unavailable
 */
export async function probeWrites(store: Store, escalationId: string): Promise<void> {
  await updateItem(store, {
    key: keys.head(escalationId),
    change: { text: 'SET #probed = :no', values: { ':no': false } },
    condition: { text: 'attribute_exists(#probed)' },
  });
}
