/** Who is told that an object is not there. */
import { authorizeFurther } from '../../iam/authorize.ts';
import { type Bucket, bucketArn, type S3Context } from './state.ts';

/** Throws AccessDenied: whoever may not list a bucket does not hear what it lacks (GetObject and HeadObject API reference). */
export function checkMayKnowOfAbsence(context: S3Context, bucket: Bucket): void {
  authorizeFurther(context, 's3', { action: 's3:ListBucket', resources: [bucketArn(bucket.name)] });
}
