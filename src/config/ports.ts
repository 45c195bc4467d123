/**
 * What the configuration reader needs from the machine, as ports: the reader itself stays pure. The implementations
 * are in src/process/configuration-files.ts and src/process/host-facts.ts; tests pass plain objects.
 */

/** Why a file could not be read as configuration. */
export type FileProblem = 'missing' | 'unreadable' | 'directory' | 'not-regular' | 'executable';

export type FileReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: FileProblem; readonly detail: string };

export interface ConfigurationFiles {
  /** Absolute form of a path given on the command line; names inside files are resolved against their file. */
  absolute(path: string): string;
  /** Reads one file (an absolute path) as UTF-8. Files with an execute bit are refused, as the original does. */
  read(path: string): FileReadResult;
  /**
   * Existing names that match one absolute shell pattern without brace alternatives, sorted by bytes. Directories are
   * in the list (the reader skips those that a wildcard matched). A pattern without wildcards yields itself if it exists.
   */
  glob(pattern: string): readonly string[];
  isDirectory(path: string): boolean;
}

export interface UserFacts {
  readonly uid: number;
  readonly gid: number;
}

/** What is known of the program a script keyword names. */
export type ScriptFacts =
  | { readonly found: false; readonly detail: string }
  | {
      readonly found: true;
      /** Resolved path. */
      readonly path: string;
      /** A regular file that the user it runs as may execute. */
      readonly executable: boolean;
      /** Why it must not be run as root ("/opt/x is writable by group staff (mode 775)"); absent: it is safe. */
      readonly insecure?: string;
      /** The command that makes it safe ("chmod g-w /opt/x"), if there is one. */
      readonly secureWith?: string;
    };

/** What a file with a secret holds. */
export type SecretFileResult =
  | {
      readonly ok: true;
      readonly text: string;
      /** Why others could know the secret ("/etc/k can be read by its group (mode 640)"); absent: they cannot. */
      readonly insecure?: string;
    }
  | { readonly ok: false; readonly detail: string };

/** Name tables of iproute2. */
export type RoutingNameTable = 'rt_tables' | 'rt_scopes' | 'rt_protos' | 'rt_realms' | 'rt_dsfield' | 'group';

/**
 * Facts about the host that meaning depends on. Every member may be absent: then that fact is unknown and what depends
 * on it is neither checked nor refused (a configuration checked on another machine).
 */
export interface HostFacts {
  interfaceExists?(name: string): boolean;
  user?(name: string): UserFacts | undefined;
  group?(name: string): number | undefined;
  /**
   * Number of a name in the tables of iproute2.
   * @param directories where they are, if not where iproute2 has them: `etc` overrides `user`
   */
  routingName?(
    table: RoutingNameTable,
    name: string,
    directories?: { readonly etc?: string; readonly user?: string },
  ): number | undefined;
  /**
   * Looks a program up as it would be run.
   * @param command argv[0] as written; without a slash it is searched in the path.
   */
  script?(command: string, runAs: UserFacts): ScriptFacts;
  directoryExists?(path: string): boolean;
  /** Reads a file that holds a secret, such as a key of auth_hmac. */
  secretFile?(path: string): SecretFileResult;
  /** A named network namespace (/run/netns). */
  networkNamespaceExists?(name: string): boolean;
  /** Whom this process runs as. */
  readonly effectiveUser?: UserFacts;
}
