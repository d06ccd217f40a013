import { integerSetting, type EnvSource, type Setting } from '../contracts/env.ts';
import { rememberedPorts, rememberPorts } from './data-folder.ts';
import { fixedPortNames, isWorker, loopback, type PortName, type Ports, type WorkerPart } from './names.ts';
import { freePort, isFree } from './tools/ports.ts';
import { UserError } from './tools/user-error.ts';

/** Variables that fix a port. */
const settings: Readonly<Partial<Record<PortName, Setting>>> = {
  gateway: 'port',
  issuer: 'issuerPort',
  dynamodb: 'dynamodbPort',
  sns: 'snsPort',
  temporal: 'temporalPort',
  temporalUi: 'temporalUiPort',
};

function wantedPort(name: PortName, given: Ports, env: EnvSource, gatewayDefault: boolean): number | undefined {
  const fixed = given[name];
  if (fixed !== undefined && fixed > 0) return fixed;
  const key = settings[name];
  if (key === undefined || (name === 'gateway' && !gatewayDefault)) return undefined;
  const port = integerSetting(key, env);
  if (port !== undefined && (port < 0 || port > 65_535))
    throw new UserError(`${port} is no port number.`, 'Choose one from 1 to 65535.');
  return port === 0 ? undefined : port;
}

/**
 * Chooses a port for each part and remembers the choice in the data folder, so that addresses, and tokens that name
 * their issuer, outlive a restart. Ports that were asked for must be free; others give way.
 */
export async function choosePorts(
  dataDir: string,
  workers: readonly WorkerPart[],
  given: Ports,
  env: EnvSource,
  /** False for stacks of tests: their gateway has no usual port. */
  gatewayDefault: boolean,
): Promise<Ports> {
  const remembered = rememberedPorts(dataDir);
  const names: readonly PortName[] = [...fixedPortNames, ...workers];
  const chosen: Partial<Record<PortName, number>> = {};
  const taken = new Set<number>();
  for (const name of names) {
    const wanted = wantedPort(name, given, env, gatewayDefault);
    if (wanted === undefined) continue;
    if (!(await isFree(wanted))) {
      const remedy = name === 'gateway' ? 'set PORT to another one' : 'choose another one';
      throw new UserError(
        `Port ${wanted} on ${loopback} is taken.`,
        `End the program that listens there, or ${remedy}.`,
      );
    }
    chosen[name] = wanted;
    taken.add(wanted);
  }
  const gateway = chosen.gateway ?? 0;
  for (const [index, name] of names.entries()) {
    if (chosen[name] !== undefined) continue;
    // Neighbours of the gateway's port where they are free: easier to remember.
    const preferred = [remembered[name] ?? 0, gateway === 0 || isWorker(name) ? 0 : gateway + index];
    const port = await freePort(taken, preferred);
    chosen[name] = port;
    taken.add(port);
  }
  rememberPorts(dataDir, chosen);
  return chosen;
}
