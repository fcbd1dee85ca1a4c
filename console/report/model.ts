/** What a drill's HTML report shows. Seconds count from the moment the fault began. */
import type { DrillResult } from '../drill/result.ts';

/** A state of the machine as it was gone through. */
export interface Visit {
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

/** A stretch of the way to recovery. */
export interface Bar {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  /** Who makes it last: Mainstay's steps, or the world that has to be waited for. */
  readonly kind: 'step' | 'world';
}

/** A part of the shortest possible time, with the reason it cannot be shorter. */
export interface FloorPart {
  readonly what: string;
  readonly seconds: number;
  readonly why: string;
}

export interface Bucket {
  readonly t: number;
  readonly served: number;
  readonly failed: number;
}

/** A stretch in which one region's database took writes under one epoch. */
export interface Writing {
  readonly region: string;
  readonly epoch: number;
  readonly from: number;
  readonly until: number;
  readonly writes: number;
}

/** A moment worth a line through the pictures. */
export interface Mark {
  readonly t: number;
  readonly what: string;
}

export interface Graph {
  readonly states: readonly {
    readonly name: string;
    /** It does something or waits; the others only choose and note. */
    readonly works: boolean;
    /** The parallel state and the branch of it that it belongs to. */
    readonly within?: { readonly state: string; readonly branch: number };
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
}

export interface Checked {
  readonly id: string;
  /** What the invariant says. */
  readonly text: string;
  /** What it was judged by, in numbers. */
  readonly lookedAt: string;
}

export interface ReportModel {
  readonly title: string;
  /** What happened and what it cost, in a few sentences. */
  readonly story: string;
  readonly result: DrillResult;
  readonly graph: Graph;
  readonly visits: readonly Visit[];
  readonly bars: readonly Bar[];
  readonly floor: readonly FloorPart[];
  readonly bucketSeconds: number;
  readonly buckets: readonly Bucket[];
  /** The regions that can write, and when each did. */
  readonly regions: readonly string[];
  readonly writing: readonly Writing[];
  readonly marks: readonly Mark[];
  readonly checked: readonly Checked[];
}
