import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { publishPolicyFolder } from '../../../store/publish-policies.ts';
import type { Store } from '../../../store/client.ts';

export const faultPolicy = 'fault-drill';
/** Time of one tier under the test policy. */
export const tierMs = 6_000;

const bySeverity = <T>(value: T) => ({ sev1: value, sev2: value, sev3: value, sev4: value });

/** Tiers of seconds that go round for minutes, a promise that is warned of and broken, and no root cause analysis. */
const definition = {
  policy: faultPolicy,
  excludedFromMetrics: true,
  severities: bySeverity({ rcaRequired: false }),
  tiers: ['dana', 'yusuf', 'priya', 'marco'].map((person) => ({
    targets: [`person:${person}`],
    acknowledgeWithin: bySeverity(`${tierMs / 1_000}s`),
  })),
  repeats: 10,
  fallback: ['person:priya'],
  clocks: {
    // Missed while the fourth tier is being asked: it must not take that tier's time.
    acknowledge: { warnAt: [50], onBreach: ['escalate-tier'], severities: bySeverity({ within: '20s' }) },
    resolve: { severities: bySeverity({ within: '1h' }) },
  },
};

/** Puts the test policy in force beside those of the checkout. */
export async function publishFaultPolicy(store: Store): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-policies-'));
  try {
    cpSync(join(__dirname, '../../../policies'), folder, { recursive: true });
    writeFileSync(join(folder, `${faultPolicy}.yaml`), stringify(definition));
    const published = await publishPolicyFolder(store, folder, { actorId: 'tests', nowMs: Date.now() });
    if (!published.ok) throw new Error(`the test policy is not valid: ${JSON.stringify(published.errors)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
