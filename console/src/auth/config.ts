/** What the server tells the console before anybody has signed in. */
export interface ConsoleConfig {
  /** URL of the OIDC issuer. */
  readonly issuer: string;
  readonly clientId: string;
  /** Scopes to ask for, separated by spaces. */
  readonly scope?: string;
}

/** @throws Error when the server has no configuration or an unreadable one */
export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch('/console-config.json');
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const value: unknown = await response.json();
  if (!isConfig(value)) throw new Error('issuer and clientId are missing');
  return value;
}

function isConfig(value: unknown): value is ConsoleConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'issuer' in value &&
    typeof value.issuer === 'string' &&
    'clientId' in value &&
    typeof value.clientId === 'string'
  );
}
