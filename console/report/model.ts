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

/** A figure that matters most, as a reader sees it: 'RTO', '239.7 s', 'from the first lost write to service for all'. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly says: string;
}

/** A row below the users' requests: what one thing was like over time. */
export interface Track {
  readonly name: string;
  readonly value: string;
  readonly boxes: readonly {
    readonly from: number;
    readonly until: number;
    readonly kind: 'step' | 'other' | 'world' | 'floor';
    readonly title: string;
  }[];
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
  /** What the capability is measured by, before requests and invariants, which every one has. */
  readonly figures: readonly Figure[];
  readonly bucketSeconds: number;
  readonly buckets: readonly Bucket[];
  /** What the picture of the users' requests is headed with, and what its rows show. */
  readonly tracks: { readonly heading: string; readonly says: string; readonly rows: readonly Track[] };
  readonly marks: readonly Mark[];
  readonly checked: readonly Checked[];
  /** Of a capability with a state machine, and the path that was taken. */
  readonly graph?: Graph;
  readonly visits?: readonly Visit[];
  /** Of a capability that is held to the least its way could take. */
  readonly bars?: readonly Bar[];
  readonly floor?: readonly FloorPart[];
}
