/** Names of the settings in messages: an option or a variable, as the operator wrote it. */
export interface SettingNames {
  readonly port: string;
  readonly host: string;
  readonly data: string;
  readonly models: string;
  readonly runtime: string;
  readonly language: string;
}

export const VARIABLE_NAMES: SettingNames = {
  port: "PORT",
  host: "HOST",
  data: "PIPIT_DATA",
  models: "PIPIT_MODELS",
  runtime: "PIPIT_RUNTIME",
  language: "PIPIT_LANGUAGE",
};

/** A setting as the operator writes it: `--host 0.0.0.0`, `HOST=0.0.0.0`. */
export function written(name: string, value: string): string {
  return name.startsWith("-") ? `${name} ${value}` : `${name}=${value}`;
}
