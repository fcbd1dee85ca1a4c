/**
 * The network between places: carries HTTP from running code to AWS endpoints (simulator/wire) and to everything else
 * (the world's own handler), with latency, cut links and lost answers. Started by `installNetwork`; used by sandboxes.
 */

import type { Owner } from '../clock.ts';
import type { Cloud, Request } from '../cloud.ts';
import { isCustomResourceUrl, receiveCustomResourceResponse } from '../cloudformation/pending-responses.ts';
import { AnswerLost, NotModelled, Unreachable } from '../errors.ts';
import { starvedMs } from '../faults/clocks.ts';
import { diesByCall } from '../faults/crashes.ts';
import { crossing, isUnreachable, serviceOfHost } from '../faults/links.ts';
import type { Place } from '../faults.ts';
import { answerFunctionUrl, functionUrlRegion } from '../lambda/function-urls.ts';
import type { Random } from '../random.ts';
import { downloadLayer, isLayerUrl } from '../services/ecr/layers.ts';
import { s3Host } from '../wire/s3.ts';
import { answerAwsCall, readAwsRequest, type WireResponse } from '../wire/server.ts';

export interface NetworkRequest {
  /** Where the sender runs. */
  readonly from: Place;
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The process that waits for the answer; one that is paused gets it when it goes on. */
  readonly owner?: Owner;
}

export type NetworkResponse = WireResponse;

/**
 * Serves hosts that are not AWS's: name resolution, load balancers, instances. Its latency and its reachability are its
 * own business; it rejects with Unreachable or AnswerLost like the network itself.
 */
export type WorldHttp = (cloud: Cloud, request: NetworkRequest) => Promise<NetworkResponse>;

export interface Network {
  /**
   * Sends a request and waits for the answer in virtual time. Rejects with Unreachable when it cannot arrive, with
   * AnswerLost when the answer cannot come back, with NotModelled for a host that nobody serves. What the sender sees
   * of a rejection is silence: its own timeouts decide.
   */
  send(request: NetworkRequest): Promise<NetworkResponse>;
  /**
   * Carries a call that needs no HTTP, as `send` would: the same latencies, links, crashes. Rejects with Unreachable and
   * AnswerLost.
   */
  call(call: DecodedCall): Promise<unknown>;
  /** Waits for one packet there and back, as opening a connection does. Rejects with Unreachable. */
  roundTrip(packet: Pick<NetworkRequest, 'from' | 'url' | 'owner'>): Promise<void>;
}

/** A call on its way to an endpoint as the object that it is (decoded.ts). */
export interface DecodedCall {
  readonly from: Place;
  readonly to: Place;
  readonly owner: Owner;
  /** Reads the request as the endpoint would; `request` is undefined when it is refused as it stands. */
  perform(): { readonly request: Request | undefined; answer(): Promise<unknown> };
}

/** Round trips in milliseconds. Guess: region to region within a continent 40–90, within a region 2–15. */
const latency = { sameRegionMs: [2, 15], otherRegionMs: [40, 90] } as const;

const key = 'network';

/** Puts a network into the cloud. Without `world`, hosts outside amazonaws.com are refused by name. */
export function installNetwork(cloud: Cloud, world?: WorldHttp): Network {
  const network = new SimulatedNetwork(cloud, world);
  cloud.running.set(key, network);
  return network;
}

/** The cloud's network; one without a world when none was installed. */
export function networkOf(cloud: Cloud): Network {
  return (cloud.running.get(key) as Network | undefined) ?? installNetwork(cloud);
}

/** The region whose AWS endpoint has this host name; undefined when the host is not AWS's. */
export function awsRegionOf(host: string): string | undefined {
  if (!host.endsWith('.amazonaws.com')) return undefined;
  return s3Host(host)?.region ?? /(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(host)?.[1] ?? 'us-east-1';
}

class SimulatedNetwork implements Network {
  readonly #cloud: Cloud;
  readonly #world: WorldHttp | undefined;
  /** Owns what is on its way: neither a pause nor the death of its sender stops a packet. */
  readonly #packets: Owner = { region: 'network', label: 'network', paused: false, killed: false };

  constructor(cloud: Cloud, world: WorldHttp | undefined) {
    this.#cloud = cloud;
    this.#world = world;
  }

  async send(request: NetworkRequest): Promise<NetworkResponse> {
    const response = await this.#answered(request);
    await this.#awake(request.owner);
    return response;
  }

  async roundTrip({ from, url, owner }: Pick<NetworkRequest, 'from' | 'url' | 'owner'>): Promise<void> {
    const to = awsRegionOf(url.hostname) ?? functionUrlRegion(url.hostname) ?? from;
    if (!this.#cloud.reaches(from, to)) throw new Unreachable(from, to);
    const service = serviceOfHost(url.hostname);
    if (isUnreachable(this.#cloud, { service, region: to, from })) throw new Unreachable(from, url.hostname);
    const [there, back] = [crossing(this.#cloud, from, to), crossing(this.#cloud, to, from)];
    if (there.lost || back.lost) throw new Unreachable(from, to);
    await this.#wait(Math.round(this.#roundTripMs(from, to)) + there.addedMs + back.addedMs);
    if (!this.#cloud.reaches(from, to)) throw new Unreachable(from, to);
    await this.#awake(owner);
  }

  #answered(request: NetworkRequest): Promise<NetworkResponse> {
    const { hostname } = request.url;
    const endpoint = awsRegionOf(hostname);
    if (endpoint !== undefined) return this.#toAws(request, endpoint);
    const region = functionUrlRegion(hostname);
    if (region === undefined) return this.#toWorld(request);
    const exchange = async () => () => answerFunctionUrl(this.#cloud, region, request);
    return this.#carry(request.from, region, exchange);
  }

  #toWorld(request: NetworkRequest): Promise<NetworkResponse> {
    if (this.#world) return this.#world(this.#cloud, request);
    throw new NotModelled(`nobody serves the host '${request.url.hostname}' in this simulation`);
  }

  #toAws(request: NetworkRequest, to: string): Promise<NetworkResponse> {
    return this.#carry(request.from, to, () => this.#exchange(request));
  }

  async call({ from, to, owner, perform }: DecodedCall): Promise<unknown> {
    const answered = await this.#carry(from, to, async () => {
      const { request, answer } = perform();
      return request ? this.#unlessItDies(owner, request, answer) : answer;
    });
    await this.#awake(owner);
    return answered;
  }

  /** The two halves of the way are apart in time, so a pause, a crash or a cut can fall between deed and answer. */
  async #carry<T>(from: Place, to: Place, exchange: () => Promise<() => T | Promise<T>>): Promise<T> {
    const cloud = this.#cloud;
    if (!cloud.delivers(from, to)) throw new Unreachable(from, to);
    const answer = await exchange();
    const halfWayMs = this.#roundTripMs(from, to) / 2;
    const there = crossing(cloud, from, to);
    await this.#wait(Math.round(halfWayMs) + there.addedMs);
    if (there.lost || !cloud.delivers(from, to)) throw new Unreachable(from, to);
    const response = await answer();
    const back = crossing(cloud, to, from);
    await this.#wait(Math.round(halfWayMs) + back.addedMs);
    if (back.lost || !cloud.delivers(to, from)) throw new AnswerLost(`the answer from ${to} to ${from} was lost`);
    return response;
  }

  /** What a request comes to: a call, a layer, an answer to CloudFormation, or a mistake that is answered as it stands. */
  async #exchange(request: NetworkRequest): Promise<() => WireResponse | Promise<WireResponse>> {
    const cloud = this.#cloud;
    if (request.method === 'PUT' && isCustomResourceUrl(request.url)) {
      const { url, body } = request;
      return () => ({ ...receiveCustomResourceResponse(cloud, url, body), headers: {}, body: new Uint8Array() });
    }
    if (request.method === 'GET' && isLayerUrl(request.url)) {
      const { url, headers } = request;
      return () => downloadLayer(cloud, url, headers);
    }
    const read = await readAwsRequest(cloud, request);
    if ('status' in read) return () => read;
    return this.#unlessItDies(request.owner, read.request, () => answerAwsCall(cloud, read));
  }

  /** The sender's process may die before its call is sent, or when it is done. */
  #unlessItDies<T>(owner: Owner | undefined, request: Request, answer: () => Promise<T>): () => Promise<T> {
    const dies = (moment: 'before-call' | 'after-call') => diesByCall(this.#cloud, owner, moment, request);
    if (dies('before-call')) throw new Unreachable(request.from, request.region);
    return async () => {
      const answered = await answer();
      dies('after-call');
      return answered;
    };
  }

  #roundTripMs(from: Place, to: Place): number {
    const [low, high] = from === to ? latency.sameRegionMs : latency.otherRegionMs;
    return this.#random.uniform(low, high);
  }

  get #random(): Random {
    return this.#cloud.random(key);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#cloud.clock.after(milliseconds, this.#packets, resolve);
    });
  }

  /** A process that is paused notices the answer when it goes on; a dead one never. */
  #awake(owner: Owner | undefined): Promise<void> {
    if (!owner || (!owner.paused && !owner.killed && starvedMs(this.#cloud, owner) === 0)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#cloud.clock.after(0, owner, resolve);
    });
  }
}
