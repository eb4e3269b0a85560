/** The options of the command, as commander reads them. */
export interface Options {
  readonly journey: string;
  readonly email: string;
  readonly allow?: readonly string[];
  readonly stack?: string;
  readonly cwd: string;
  readonly baseUrl?: string;
  readonly secondInstance: boolean;
  readonly out?: string;
  readonly yes: boolean;
  readonly json: boolean;
}
