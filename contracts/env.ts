/**
 * The one list of environment variables: what each is called, what it means and what it is when unset.
 * Code asks for a variable by its key here, never by its name, so this file is also the documentation.
 *
 * A value that is empty counts as unset. A number carries its unit in the name of its key.
 */

interface Variable {
  /** The name in the environment. */
  readonly name: string;
  /** One sentence for the person who sets it. */
  readonly meaning: string;
  /** What holds when it is unset; absent when there is no sensible value. */
  readonly fallback?: string;
}

export const variables = {
  // Where the parts are. Each one that is set replaces the local part of the same kind.
  temporalAddress: {
    name: 'TEMPORAL_ADDRESS',
    meaning: 'Host and port of a Temporal server; the local one is not started when it is set.',
    fallback: '127.0.0.1:7233',
  },
  temporalNamespace: {
    name: 'TEMPORAL_NAMESPACE',
    meaning: 'Temporal namespace that holds the workflows.',
    fallback: 'default',
  },
  temporalHttpUrl: {
    name: 'TIERLINE_TEMPORAL_HTTP_URL',
    meaning: "URL of the Temporal server's HTTP API, which readiness checks ask; set by the local stack.",
  },
  temporalApiKey: {
    name: 'TEMPORAL_API_KEY',
    meaning: 'API key for Temporal Cloud; a connection that carries one uses TLS.',
  },
  dynamodbEndpoint: {
    name: 'AWS_ENDPOINT_URL_DYNAMODB',
    meaning: 'URL of a DynamoDB endpoint; the local one is not started when it is set. Read by the AWS SDK itself.',
  },
  snsEndpoint: {
    name: 'AWS_ENDPOINT_URL_SNS',
    meaning: 'URL of an SNS endpoint; the local one is not started when it is set. Read by the AWS SDK itself.',
  },
  sqsEndpoint: {
    name: 'AWS_ENDPOINT_URL_SQS',
    meaning: 'URL of the SQS endpoint whose queues show what was published. Read by the AWS SDK itself.',
  },
  awsRegion: { name: 'AWS_REGION', meaning: 'AWS region of the table and topics.', fallback: 'us-east-1' },
  awsAccessKeyId: { name: 'AWS_ACCESS_KEY_ID', meaning: 'Read by the AWS SDK itself; local parts accept any.' },
  awsSecretAccessKey: { name: 'AWS_SECRET_ACCESS_KEY', meaning: 'Read by the AWS SDK itself; local parts accept any.' },
  awsProfile: {
    name: 'AWS_PROFILE',
    meaning: 'Read by the AWS SDK itself; taken away from parts that talk to local endpoints only.',
  },

  // What the parts call things.
  table: { name: 'TIERLINE_TABLE', meaning: 'Name of the DynamoDB table.', fallback: 'tierline' },
  indexShards: {
    name: 'TIERLINE_INDEX_SHARDS',
    meaning: 'Partitions over which each list of open escalations is spread. May grow, never shrink; more are slower.',
    fallback: '1',
  },
  storeTimeoutMs: {
    name: 'TIERLINE_STORE_TIMEOUT_MS',
    meaning: 'Milliseconds after which one request to the table is given up.',
    fallback: '4000',
  },
  storeAttempts: {
    name: 'TIERLINE_STORE_ATTEMPTS',
    meaning: 'How often a request to the table that may be repeated is tried.',
    fallback: '3',
  },
  pagesTopicArn: { name: 'TIERLINE_PAGES_TOPIC_ARN', meaning: 'SNS topic that pages are published to.' },
  updatesTopicArn: { name: 'TIERLINE_UPDATES_TOPIC_ARN', meaning: 'SNS topic that promised updates are published to.' },
  pagesQueueUrl: {
    name: 'TIERLINE_PAGES_QUEUE_URL',
    meaning: 'SQS queue subscribed to the pages, so that they can be seen.',
  },
  updatesQueueUrl: {
    name: 'TIERLINE_UPDATES_QUEUE_URL',
    meaning: 'SQS queue subscribed to the updates, so that they can be seen.',
  },

  // Who is let in.
  issuer: {
    name: 'TIERLINE_ISSUER',
    meaning: 'URL of the OIDC issuer whose access tokens are accepted; the local one is not started when it is set.',
  },
  jwksUri: {
    name: 'TIERLINE_JWKS_URI',
    meaning: "URL of the issuer's public keys, when they are not at the place that OIDC discovery names.",
  },
  clientIds: {
    name: 'TIERLINE_CLIENT_IDS',
    meaning: 'Comma-separated client ids whose access tokens are accepted.',
    fallback: 'tierline-console,tierline-cli',
  },
  cursorSecret: {
    name: 'TIERLINE_CURSOR_SECRET',
    meaning: 'Secret that binds list cursors to their caller and filter; the local stack makes one and keeps it.',
  },
  corsOrigins: {
    name: 'TIERLINE_CORS_ORIGINS',
    meaning: 'Comma-separated origins, beside its own, whose browsers may call the API.',
    fallback: '',
  },
  publicUrl: {
    name: 'TIERLINE_PUBLIC_URL',
    meaning: 'Address of the console as people reach it; pages link to it.',
    fallback: 'http://127.0.0.1:4700',
  },

  // The local stack.
  port: { name: 'PORT', meaning: 'Port of the local gateway: console and API.', fallback: '4700' },
  issuerPort: { name: 'TIERLINE_ISSUER_PORT', meaning: 'Port of the local OIDC issuer; free if unset.' },
  dynamodbPort: { name: 'TIERLINE_DYNAMODB_PORT', meaning: 'Port of the local DynamoDB endpoint; free if unset.' },
  snsPort: { name: 'TIERLINE_SNS_PORT', meaning: 'Port of the local SNS and SQS endpoint; free if unset.' },
  temporalPort: { name: 'TIERLINE_TEMPORAL_PORT', meaning: 'Port of the local Temporal server; free if unset.' },
  temporalUiPort: {
    name: 'TIERLINE_TEMPORAL_UI_PORT',
    meaning: "Port of the local Temporal server's web UI; free if unset.",
  },
  workerPort: {
    name: 'TIERLINE_WORKER_PORT',
    meaning:
      'Port on 127.0.0.1 at which a worker answers GET /readyz; the local stack chooses one for each worker. Unset: none.',
  },
  token: { name: 'TIERLINE_TOKEN', meaning: 'Bearer token with which command lines ask an API elsewhere.' },
  dataDir: { name: 'TIERLINE_DATA_DIR', meaning: 'Folder that holds all local state.', fallback: '.tierline' },
  cacheDir: {
    name: 'TIERLINE_CACHE_DIR',
    meaning:
      'Folder for tools that were downloaded or built, shared by checkouts; else tierline/ in the user cache folder.',
  },
  xdgCacheHome: { name: 'XDG_CACHE_HOME', meaning: 'The user cache folder, else ~/.cache.' },
  workflowBundle: {
    name: 'TIERLINE_WORKFLOW_BUNDLE',
    meaning: 'File with the compiled workflow bundle; a worker without it compiles the workflows itself.',
  },
  reconcileEveryMs: {
    name: 'TIERLINE_RECONCILE_EVERY_MS',
    meaning: 'Milliseconds from one run of the reconciler to the next, at least 1000; 0: no schedule is made.',
    fallback: '10000',
  },
  workflowCache: {
    name: 'TIERLINE_WORKFLOW_CACHE',
    meaning: 'How many workflows a worker keeps in memory.',
  },

  // Running and testing.
  logLevel: {
    name: 'TIERLINE_LOG_LEVEL',
    meaning: 'Least severe level that is logged: debug, info, warn or error.',
    fallback: 'info',
  },
  noNodeWarning: {
    name: 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
    meaning: 'Read by the AWS SDK itself: true keeps it from warning about Node 20 in every process.',
  },
  faultPoint: {
    name: 'TIERLINE_FAULT_POINT',
    meaning:
      'Name of the step at which a process kills itself; only for fault tests, and only where NODE_ENV is not production.',
  },
  faultFile: {
    name: 'TIERLINE_FAULT_FILE',
    meaning: 'File that a process makes when it dies at its fault point, so that it dies there once.',
  },
  allowFaults: {
    name: 'TIERLINE_ALLOW_FAULTS',
    meaning: 'Set to 1 where a fault point may kill the process; without it a fault point is refused at once.',
  },
  clockOffsetMs: {
    name: 'TIERLINE_CLOCK_OFFSET_MS',
    meaning: "Milliseconds added to a process's clock; only for fault tests.",
    fallback: '0',
  },
  npmLifecycle: { name: 'npm_lifecycle_event', meaning: 'Set by npm to the name of the script that it runs.' },
  nodeEnv: { name: 'NODE_ENV', meaning: 'production in deployed Lambdas and workers.', fallback: 'development' },
} as const satisfies Record<string, Variable>;

/** Key of a variable, as the code calls it. */
export type Setting = keyof typeof variables;

/** Anything that maps names to values as `process.env` does. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

type SettingValue<K extends Setting> = (typeof variables)[K] extends { readonly fallback: string }
  ? string
  : string | undefined;

/** The value of a variable, or its fallback; undefined only where there is no fallback. */
export function setting<K extends Setting>(key: K, from?: EnvSource): SettingValue<K>;
export function setting(key: Setting, from: EnvSource = process.env): string | undefined {
  const variable: Variable = variables[key];
  const value = from[variable.name];
  return value === undefined || value === '' ? variable.fallback : value;
}

/** The value of a variable that must be set. Throws a sentence that names the variable and what it is for. */
export function requireSetting(key: Setting, from: EnvSource = process.env): string {
  const value: string | undefined = setting(key, from);
  if (value === undefined) {
    const variable: Variable = variables[key];
    throw new Error(`${variable.name} is not set. ${variable.meaning}`);
  }
  return value;
}

/** The value of a variable that holds a whole number; undefined when unset. Throws when it is not a whole number. */
export function integerSetting(key: Setting, from: EnvSource = process.env): number | undefined {
  const value: string | undefined = setting(key, from);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw new Error(`${variables[key].name} must be a whole number, not "${value}".`);
  return Number(value);
}

/** True when the variable itself is set, whatever its fallback. */
export function isSet(key: Setting, from: EnvSource = process.env): boolean {
  const value = from[variables[key].name];
  return value !== undefined && value !== '';
}

/** The pieces of an environment for a child process, keyed by setting. */
export function environmentOf(values: Partial<Record<Setting, string>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (isSetting(key)) environment[variables[key].name] = value;
  }
  return environment;
}

function isSetting(key: string): key is Setting {
  return Object.hasOwn(variables, key);
}
