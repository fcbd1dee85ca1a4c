/**
 * The words in which AWS refuses a request before any operation sees it: one reason, named differently by S3, EC2, the
 * query services and the JSON services (Amazon S3 API Reference, "Error responses"; each service's "Common Errors").
 */
import { AwsError } from '../errors.ts';
import type { Client } from '../wire/clients.ts';

/** [code, HTTP status]. */
type Name = readonly [code: string, status: number];

interface Names {
  readonly s3: Name;
  readonly ec2: Name;
  /** awsQuery, and Route 53. */
  readonly query: Name;
  readonly json: Name;
  readonly restJson: Name;
}

const sameFor = (s3: Name, others: Name): Names => ({ s3, ec2: others, query: others, json: others, restJson: others });

// Guess: bodyTooSlow, headersTooLarge and targetUnreadable outside S3, foreignHost; the others are documented or were
// reported by users of AWS.
const reasons = {
  badSignature: {
    s3: ['SignatureDoesNotMatch', 403],
    ec2: ['AuthFailure', 401],
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
    restJson: ['InvalidSignatureException', 403],
  },
  signedTooEarlyOrLate: {
    s3: ['RequestTimeTooSkewed', 403],
    ec2: ['RequestExpired', 400],
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
    restJson: ['InvalidSignatureException', 403],
  },
  presignedExpired: {
    s3: ['AccessDenied', 403],
    ec2: ['RequestExpired', 400],
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
    restJson: ['InvalidSignatureException', 403],
  },
  malformedAuthorization: {
    s3: ['AuthorizationHeaderMalformed', 400],
    ec2: ['AuthFailure', 401],
    query: ['IncompleteSignature', 400],
    json: ['IncompleteSignatureException', 400],
    restJson: ['IncompleteSignatureException', 403],
  },
  malformedPresignature: {
    s3: ['AuthorizationQueryParametersError', 400],
    ec2: ['AuthFailure', 401],
    query: ['IncompleteSignature', 400],
    json: ['IncompleteSignatureException', 400],
    restJson: ['IncompleteSignatureException', 403],
  },
  tokenExpired: {
    s3: ['ExpiredToken', 400],
    ec2: ['RequestExpired', 400],
    query: ['ExpiredToken', 403],
    json: ['ExpiredTokenException', 400],
    restJson: ['ExpiredTokenException', 403],
  },
  tokenWrong: {
    s3: ['InvalidToken', 400],
    ec2: ['AuthFailure', 401],
    query: ['InvalidClientTokenId', 403],
    json: ['UnrecognizedClientException', 400],
    restJson: ['UnrecognizedClientException', 403],
  },
  headersNotSigned: sameFor(['AccessDenied', 403], ['IncompleteSignature', 400]),
  noPayloadHash: sameFor(['InvalidRequest', 400], ['InvalidRequest', 400]),
  payloadHashWrong: sameFor(['XAmzContentSHA256Mismatch', 400], ['SignatureDoesNotMatch', 403]),
  bodyTooLarge: sameFor(['EntityTooLarge', 400], ['RequestEntityTooLargeException', 413]),
  bodyIncomplete: sameFor(['IncompleteBody', 400], ['MalformedHttpRequestException', 400]),
  bodyTooSlow: sameFor(['RequestTimeout', 400], ['RequestTimeoutException', 408]),
  lengthMissing: sameFor(['MissingContentLength', 411], ['MissingContentLength', 411]),
  headersTooLarge: sameFor(['RequestHeaderSectionTooLarge', 400], ['RequestHeaderSectionTooLarge', 400]),
  targetUnreadable: sameFor(['InvalidURI', 400], ['MalformedHttpRequestException', 400]),
  malformedHttp: sameFor(['BadRequest', 400], ['MalformedHttpRequestException', 400]),
  foreignHost: sameFor(['AccessDenied', 403], ['AccessDeniedException', 403]),
  tooManyRequests: sameFor(['SlowDown', 503], ['ServiceUnavailable', 503]),
  notImplemented: sameFor(['NotImplemented', 501], ['NotImplemented', 501]),
  defect: sameFor(['InternalError', 500], ['InternalFailure', 500]),
} as const satisfies Record<string, Names>;

export type Reason = keyof typeof reasons;

/** The error that refuses a request to this API. */
export function refusal(client: Client, reason: Reason, message: string, cause?: unknown): AwsError {
  const [code, status] = reasons[reason][familyOf(client)];
  return new AwsError(code, message, { status, cause });
}

function familyOf({ service, protocol }: Client): keyof Names {
  if (service === 's3') return 's3';
  if (protocol === 'ec2Query') return 'ec2';
  if (protocol === 'awsJson') return 'json';
  return protocol === 'restJson1' ? 'restJson' : 'query';
}
