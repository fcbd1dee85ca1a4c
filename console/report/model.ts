/** What a drill's HTML report shows. Seconds count from the moment the fault began. */
import type { DrillResult } from '../drill/result.ts';

export interface Step {
  readonly name: string;
  readonly from: number;
  readonly until: number;
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

export interface Graph {
  readonly states: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: string }[];
}

export interface ReportModel {
  readonly title: string;
  readonly result: DrillResult;
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly floor: readonly FloorPart[];
  readonly buckets: readonly Bucket[];
  /** What the invariants say, by id. */
  readonly invariantTexts: Readonly<Record<string, string>>;
}
