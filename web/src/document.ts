// The JSON document that the program writes into the page. An item is its place in items.ids.

export interface ReportDocument {
  format: number;
  title: string;
  program: string;
  commands: { report: string; train: string };
  facts: Facts;
  training: Training;
  /** Eigenvalues of the item factors' Gram matrix, falling. */
  spectrum: number[];
  items: Items;
  /** For the first components, at most ten. */
  component_facts: ComponentFacts[];
  users: User[];
  /** What `alsace evaluate --json` printed. */
  evaluation: Evaluation | null;
  personalization: Personalization | null;
  /** Sentences on what was left out of the report, and why. */
  notes?: string[];
}

export interface Facts {
  feedback: "implicit" | "explicit";
  users: number;
  items: number;
  trained_users: number;
  trained_items: number;
  interactions: number;
  stores_interactions?: boolean;
  low: number;
  density: number;
  /** Interactions of a user: minimum, quartiles, maximum. */
  user_counts: number[];
  item_counts: number[];
  value_mean: number;
  value_min: number;
  value_max: number;
  confidence_median: number | null;
  confidence_p99: number | null;
  confidence_max: number | null;
  model_hash: string;
  options: Record<string, unknown>;
}

export interface Training {
  objective: number[];
  seconds: number[];
  final_objective: number;
  stopped: string;
  warnings: string[];
}

export interface NumberColumn {
  name: string;
  kind: "number";
  values: (number | null)[];
}

export interface CategoryColumn {
  name: string;
  kind: "category";
  labels: string[];
  /** For each item its labels, as places in `labels`. */
  values: number[][];
}

export type Column = NumberColumn | CategoryColumn;

export interface Items {
  ids: string[];
  titles: string[] | null;
  popularity: number[];
  columns: Column[];
  factors: { k: number; half: string };
  components: { count: number; explained: number[]; mean: string; basis: string };
}

export interface ComponentFacts {
  popularity_correlation: number | null;
  columns: { name: string; r2: number | null }[];
}

export interface Recommendation {
  item: number;
  score: number;
  mean: number;
  item_bias: number;
  user_bias: number;
  contributions: [item: number, share: number][];
  rest: number;
}

export interface User {
  id: string;
  count: number;
  history: [item: number, value: number][];
  recommendations: Recommendation[];
}

export interface Interval {
  mean: number;
  low?: number | null;
  high?: number | null;
}

export interface Evaluation {
  data?: Record<string, number>;
  split?: string;
  models: { name: string; metrics: Record<string, Interval> }[];
}

export interface Personalization {
  k: number;
  users: number;
  mean: number;
  /** Shares of the pairs of users with 0, 1, ..., k items in common. */
  histogram: number[];
}
