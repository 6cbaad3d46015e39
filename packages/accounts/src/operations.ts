// The words of the port about how the system itself is: which processes run, and which receivers take nothing.

export interface ServiceProcess {
  readonly id: string;
  readonly service: string;
  readonly startedAtMs: number;
  readonly reportedAtMs: number;
  /** By the name of each dependency, whether it answers. */
  readonly checks: Readonly<Record<string, boolean>>;
}

export interface EndpointTroubles {
  /** Enabled endpoints that did not take the last that they were sent. */
  readonly failing: number;
  /** Disabled because they took nothing. */
  readonly disabled: number;
}

export interface OperationRecords {
  reportProcess(process: ServiceProcess): Promise<void>;
  forgetProcess(id: string): Promise<void>;
  /** Those that were heard of since this instant, by service and start. */
  processes(sinceMs: number): Promise<readonly ServiceProcess[]>;
  endpointTroubles(): Promise<EndpointTroubles>;
}
