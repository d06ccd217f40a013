/**
 * The parts of the local stack and what they are called. Each is a process of its own, so that it can be killed,
 * slowed and restarted alone.
 */
export const singleParts = ['temporal', 'dynamodb', 'sns', 'issuer', 'gateway'] as const;
export type SinglePart = (typeof singleParts)[number];
export type WorkerPart = 'worker' | `worker-${number}`;
export type PartName = SinglePart | WorkerPart;

export function isWorker(name: string): name is WorkerPart {
  return /^worker(-\d+)?$/.test(name);
}

export function isPartName(name: string): name is PartName {
  return isWorker(name) || singleParts.some((part) => part === name);
}

/** Ports that the parts listen on; a Temporal server has three. */
export const fixedPortNames = [
  'gateway',
  'issuer',
  'dynamodb',
  'sns',
  'temporal',
  'temporalUi',
  'temporalHttp',
] as const;
export type PortName = (typeof fixedPortNames)[number] | WorkerPart;
export type Ports = Readonly<Partial<Record<PortName, number>>>;

/** Everything listens on the loopback interface only. */
export const loopback = '127.0.0.1';

export const topics = { pages: 'tierline-pages', updates: 'tierline-updates' } as const;
export type TopicName = keyof typeof topics;

/** Account number in the local ARNs and queue URLs. */
export const localAccount = '000000000000';

export function topicArn(topic: TopicName, region: string): string {
  return `arn:aws:sns:${region}:${localAccount}:${topics[topic]}`;
}

/** The queue that is subscribed to a topic bears its name. */
export function queueUrl(topic: TopicName, endpoint: string): string {
  return `${endpoint}/${localAccount}/${topics[topic]}`;
}

/** Paths that the parts answer beside their own protocol; only on the loopback interface. */
export const controlPaths = {
  /** Parts that stand in for AWS: PUT {"delayMs": n} makes each answer that much later. */
  delay: '/_tierline/delay',
  /** Issuer: an access token for a demo person, against the secret of the data folder. */
  token: '/_tierline/token',
} as const;

export const clientIds = { console: 'tierline-console', cli: 'tierline-cli' } as const;
