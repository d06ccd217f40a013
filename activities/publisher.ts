import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { pageAttributes, type PageMessage } from '../contracts/notifications.ts';

/** Hands a message to whoever carries it on. Throws when it was not taken. */
export interface Publisher {
  publishPage(message: PageMessage): Promise<void>;
}

export interface SnsPublisherConfig {
  readonly region: string;
  readonly pagesTopicArn: string;
  /** Absent: `AWS_ENDPOINT_URL_SNS` or the region's. */
  readonly endpoint?: string;
  readonly requestTimeoutMs: number;
}

/** Publishes to SNS. The activity that calls it is tried again; the SDK does not repeat by itself. */
export function createSnsPublisher(config: SnsPublisherConfig): Publisher {
  const client = new SNSClient({
    region: config.region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: config.requestTimeoutMs, throwOnRequestTimeout: true },
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
  });
  return {
    publishPage: async (message) => {
      const attributes = Object.entries(pageAttributes(message)).map(
        ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
      );
      await client.send(
        new PublishCommand({
          TopicArn: config.pagesTopicArn,
          Message: JSON.stringify(message),
          MessageAttributes: Object.fromEntries(attributes),
        }),
      );
    },
  };
}
