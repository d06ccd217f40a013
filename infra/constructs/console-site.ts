import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { securityHeaders } from '../../contracts/security-headers.ts';

export interface ConsoleSiteOptions {
  readonly apiHost: string;
  /** Origins of the issuer, with spaces between. */
  readonly issuerOrigins: string;
}

/** Paths that the API answers; all others are the console's. */
const apiPaths = ['/v1/*', '/openapi.json'] as const;

/** Every path without a file name is a page of the console. */
const pagesCode = `function handler(event) {
  var request = event.request;
  if (request.uri.lastIndexOf('.') <= request.uri.lastIndexOf('/')) request.uri = '/index.html';
  return request;
}`;

/**
 * The console from a private bucket, and the API beside it under one address: a browser needs no permission to cross
 * origins. Its files, and the `console-config.json` that the stack puts out, are uploaded when they change: see
 * `docs/deploy.md`.
 */
export class ConsoleSite extends Construct {
  readonly bucket: s3.Bucket;
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, options: ConsoleSiteOptions) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Files', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const pages = new cloudfront.Function(this, 'Pages', {
      comment: 'Pages of the console',
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      code: cloudfront.FunctionCode.fromInline(pagesCode),
    });
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: 'Tierline',
      defaultRootObject: 'index.html',
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(this.bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.#headers(options.issuerOrigins),
        functionAssociations: [{ function: pages, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
        compress: true,
      },
      additionalBehaviors: Object.fromEntries(
        apiPaths.map((path) => [
          path,
          {
            origin: new origins.HttpOrigin(options.apiHost, { readTimeout: Duration.seconds(30) }),
            allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
            viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
            originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          },
        ]),
      ),
    });
  }

  get url(): string {
    return `https://${this.distribution.distributionDomainName}`;
  }

  #headers(issuerOrigins: string): cloudfront.ResponseHeadersPolicy {
    const { 'content-security-policy': policy = '', ...others } = securityHeaders(issuerOrigins);
    const listed = ['x-content-type-options', 'x-frame-options', 'referrer-policy'];
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: true },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(others)
          .filter(([header]) => !listed.includes(header))
          .map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }
}
