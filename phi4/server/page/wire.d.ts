// The documents of the API as the page reads them; a test compares the fields with the server's own schemas.

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

export interface ChatAnswer {
  id: string;
  conversation_id: string;
  answer: string;
  reasoning_steps: string[];
  reasoning: string;
  finish_reason: "stop" | "length" | "cancelled";
  usage: Usage;
  timings: Record<string, number>;
  model: string;
  adapter: string;
  trimmed_turns: number;
  stored: boolean;
}

export interface ServedAdapter {
  name: string;
  base: string;
  sha256: string;
  loaded_at: number | null;
}

export interface Status {
  state: "starting" | "loading" | "ready" | "degraded" | "failed" | "stopped";
  loaded: boolean;
  progress: number | null;
  detail: string;
  engine: string;
  model: string;
  adapter: ServedAdapter;
  queue: Record<string, number>;
  limits: Record<string, number>;
  storage: "ok" | "failing";
  restarts: number;
  uptime_s: number;
  version: string;
}

export interface Exam {
  when: string;
  questions: number;
  scores: Record<string, Record<string, number>>;
}

export interface About {
  notice: string;
  examples: string[];
  documents: number;
  exam: Exam | null;
}

export interface Turn {
  id: string;
  role: string;
  content: string;
  reasoning: string;
  reasoning_steps: string[];
  finish_reason: string | null;
  usage: Record<string, number>;
  timings: Record<string, number>;
  rating: number | null;
  siblings: string[];
  created_at: number;
}

export interface ConversationHead {
  id: string;
  title: string;
  created_at: number;
  updated_at: number;
}

export interface ConversationWhole extends ConversationHead {
  messages: Turn[];
  answering: string | null;
}
