// Made by generate-types.mjs from the OpenAPI document of the api. Not to be changed by hand.

export interface paths {
  '/v1/audit-log': {
    get: {
      parameters: { query?: { action?: (string)[]; customer?: string; subject?: string; actor?: string; start?: string; end?: string; order?: "newest_first" | "oldest_first"; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ sequence: number; time: string; action: string; actor: { key: (string | null) }; customer: (string | null); subject: { type: string; id: string }; origin: ({ address: string; request_id: string } | null); before: (Record<string, unknown> | null); after: (Record<string, unknown> | null); reason: (string | null); hash: string })[]; head: { sequence: number; hash: string }; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/books': {
    get: {
      parameters: { query: { start: string; end: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { start: string; end: string; accepted: number; stored: number; duplicate: number; conflict: number; dead_lettered: number; voided: number; in_flight: number; in_flight_complete: boolean; missing_entries: number; balances: boolean; as_of: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/costs': {
    get: {
      parameters: { query: { start: string; end: string; bucket?: "minute" | "hour" | "day" | "month"; zone?: string; group_by?: (string)[]; customer?: (string)[]; project?: (string)[]; key?: (string)[]; model?: (string)[]; provider?: (string)[]; type?: (string)[]; service_tier?: (string)[]; status?: (string)[]; currency?: (string)[]; token_class?: (string)[]; metadata?: Record<string, (string)[]>; format?: "json" | "csv"; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ start: string; end: string; group: Record<string, string>; currency: (string | null); cost: string; cost_by_class: { input?: string; cache_read?: string; cache_write_5m?: string; cache_write_1h?: string; cache_write_other?: string; cache_read_audio?: string; input_audio?: string; input_image?: string; input_video?: string; tool_input?: string; output?: string; reasoning?: string; output_audio?: string; output_image?: string; requests?: string; web_searches?: string; meter?: string }; cache_savings: string; events: number; unpriced_events: number })[]; as_of: (string | null); next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/coupons': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; description: string; percent: (string | null); amount: (string | null); currency: (string | null); archived_at: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { description: string; percent?: string; amount?: string; currency?: string } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; description: string; percent: (string | null); amount: (string | null); currency: (string | null); archived_at: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/coupons/{id}': {
    get?: never;
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/credit-grants': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; currency: string; amount: string; left: string; kind: ("paid" | "promotional"); priority: number; effective_from: string; expires_at: (string | null); charges: ((string)[] | null); description: string; created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { customer: string; amount: string; kind: ("paid" | "promotional"); priority?: number; effective_from?: string; expires_at?: (string | null); charges?: ((string)[] | null); description?: string } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; currency: string; amount: string; left: string; kind: ("paid" | "promotional"); priority: number; effective_from: string; expires_at: (string | null); charges: ((string)[] | null); description: string; created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/credit-grants/{id}/revoke': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; currency: string; amount: string; left: string; kind: ("paid" | "promotional"); priority: number; effective_from: string; expires_at: (string | null); charges: ((string)[] | null); description: string; created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/credit-notes': {
    get: {
      parameters: { query?: { customer?: string; invoice?: string; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; invoice: string; number: string; issued_at: string; reason: string; settlement: "invoice" | "balance" | "outside"; currency: string; subtotal: string; total: string; document: { format: "tollgate.credit_note/1"; id: string; number: string; issued_at: string; invoice: { id: string; number: string; issued_at: (string | null) }; reason: string; settlement: "invoice" | "balance" | "outside"; currency: string; minor_digits: number; seller: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; buyer: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; lines: ({ line: string; charge: string; description: string; amount: string })[]; coupons: ({ id: string; description: string; amount: string })[]; taxes: ({ id: string; name: string; percent: string; base: string; amount: string })[]; tax_text: (string | null); totals: { subtotal: string; net: string; total: string } } })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/customers': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name: string; external_id?: (string | null); metadata?: Record<string, unknown>; key_policy?: ({ max_keys?: (number | null); allowed_scopes?: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) } | null); currency?: string; zone?: string; billing_day?: number } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/customers/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string } } } };
    };
    put?: never;
    post?: never;
    patch: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { name?: string; external_id?: (string | null); metadata?: (Record<string, unknown> | null); key_policy?: ({ max_keys?: (number | null); allowed_scopes?: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) } | null); zone?: string; billing_day?: number } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string } } } };
    };
    delete?: never;
  };
  '/v1/customers/{id}/billing': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { customer: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null); purchase_order: (string | null); payment_term_days: (number | null); tax: ({ kind: "taxed"; rates: (string)[]; prices: ("included" | "added") } | { kind: "reverse_charge"; text: string } | { kind: "exempt"; text: string } | { kind: "none" }); prepaid_only: boolean; low_balance: (string | null) } } } };
    };
    put: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { name?: string; address?: (string)[]; country?: (string | null); tax_ids?: ({ kind: string; value: string })[]; email?: (string | null); purchase_order?: (string | null); payment_term_days?: (number | null); tax?: ({ kind: "taxed"; rates: (string)[]; prices: ("included" | "added") } | { kind: "reverse_charge"; text?: string } | { kind: "exempt"; text: string } | { kind: "none" }); prepaid_only?: boolean; low_balance?: (string | null) } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { customer: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null); purchase_order: (string | null); payment_term_days: (number | null); tax: ({ kind: "taxed"; rates: (string)[]; prices: ("included" | "added") } | { kind: "reverse_charge"; text: string } | { kind: "exempt"; text: string } | { kind: "none" }); prepaid_only: boolean; low_balance: (string | null) } } } };
    };
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/customers/{id}/coupons': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; coupon: string; start: string; end: (string | null); max_invoices: (number | null); invoices: number; created_at: string })[] } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { coupon: string; start?: string; end?: (string | null); max_invoices?: (number | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; coupon: string; start: string; end: (string | null); max_invoices: (number | null); invoices: number; created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/customers/{id}/coupons/{given}': {
    get?: never;
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path: { id: string; given: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/customers/{id}/credit': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { customer: string; currency: string; balance: string; as_of: string; grants: ({ id: string; customer: string; currency: string; amount: string; left: string; kind: ("paid" | "promotional"); priority: number; effective_from: string; expires_at: (string | null); charges: ((string)[] | null); description: string; created_at: string })[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/customers/{id}/resume': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/customers/{id}/suspend': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; external_id: (string | null); currency: string; zone: string; billing_day: number; metadata: Record<string, unknown>; key_policy: { max_keys: number; allowed_scopes: (("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] | null) }; suspended_at: (string | null); suspension_reason: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/dead-letters': {
    get: {
      parameters: { query?: { start?: string; end?: string; customer?: string; code?: string; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; event: string; customer: string; time: string; received_at: string; reported_by: string; code: string })[]; as_of: (string | null); next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/dead-letters/discard': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { ids: (string)[]; reason: string } } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; state: "discarded" | "not_found" | "not_readable" | "counted" })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/dead-letters/replay': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { ids: (string)[] } } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; state: "accepted" | "not_found" | "not_readable" })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/dead-letters/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; event: (string | null); customer: (string | null); time: (string | null); received_at: (string | null); reported_by: (string | null); code: string; detail: string; dead_since: string } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/events': {
    get: {
      parameters: { query?: { start?: string; end?: string; customer?: string; key?: string; id?: string; model?: string; state?: "counted" | "duplicate" | "conflict" | "dead_lettered" | "voided"; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; state: "accepted" | "counted" | "duplicate" | "conflict" | "dead_lettered" | "voided"; time: string; received_at: string; reported_by: string; reason: (string | null); replay: boolean; dead_letter: (string | null); project: (string | null); key: (string | null); type: (string | null); provider: (string | null); model: (string | null); service_tier: (string | null); region: (string | null); status: (string | null); stream: (boolean | null); latency_ms: (number | null); tokens: ({ input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number } | null); provenance: ({ input?: "reported" | "counted" | "estimated"; cache_read?: "reported" | "counted" | "estimated"; cache_write_5m?: "reported" | "counted" | "estimated"; cache_write_1h?: "reported" | "counted" | "estimated"; cache_write_other?: "reported" | "counted" | "estimated"; cache_read_audio?: "reported" | "counted" | "estimated"; input_audio?: "reported" | "counted" | "estimated"; input_image?: "reported" | "counted" | "estimated"; input_video?: "reported" | "counted" | "estimated"; tool_input?: "reported" | "counted" | "estimated"; output?: "reported" | "counted" | "estimated"; reasoning?: "reported" | "counted" | "estimated"; output_audio?: "reported" | "counted" | "estimated"; output_image?: "reported" | "counted" | "estimated" } | null); rule: (string | null); text_tokens: { input: (number | null); output: (number | null) }; requests: number; web_searches: number; cost: (string | null); currency: (string | null); cost_by_class: ({ input?: string; cache_read?: string; cache_write_5m?: string; cache_write_1h?: string; cache_write_other?: string; cache_read_audio?: string; input_audio?: string; input_image?: string; input_video?: string; tool_input?: string; output?: string; reasoning?: string; output_audio?: string; output_image?: string; requests?: string; web_searches?: string; meter?: string } | null); cache_savings: (string | null); price_ids: (string)[]; unpriced_reason: (string | null); flags: (string)[]; metadata: (Record<string, string> | null) })[]; as_of: (string | null); next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': ({ id: string; time?: string; key?: string; customer?: string; type: string; provider?: string; model?: string; input?: unknown; output?: unknown; usage?: (Record<string, unknown> | null); service_tier?: (string | null); status?: ("completed" | "aborted" | "failed"); stream?: boolean; latency_ms?: number; reservation?: string; metadata?: Record<string, (string | number | boolean | null)>; data?: Record<string, unknown> } | ({ id: string; time?: string; key?: string; customer?: string; type: string; provider?: string; model?: string; input?: unknown; output?: unknown; usage?: (Record<string, unknown> | null); service_tier?: (string | null); status?: ("completed" | "aborted" | "failed"); stream?: boolean; latency_ms?: number; reservation?: string; metadata?: Record<string, (string | number | boolean | null)>; data?: Record<string, unknown> })[]) } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { accepted: number; duplicates: number; rejected: ({ index: number; id: (string | null); code: string; detail: string; errors: ({ pointer: string; detail: string })[] })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/events/{id}/invoice': {
    get: {
      parameters: { query?: { customer?: string }; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { state: "billed" | "to_be_billed" | "to_be_adjusted" | "not_billed"; invoice: ({ id: string; state: string; number: (string | null) } | null); lines: ({ id: string; subject: string; kind: "usage" | "fee" | "true_up" | "adjustment"; charge: string; description: string; start: string; end: string; amount: string; original_invoice: (string | null); usage: ({ quantity: string; cost: string; events: string; allowance: string; steps: ({ tier: (number | null); quantity: string; unit_price: string; flat_fee: string; amount: string })[]; rated: string; discount: string; over_maximum: string; amount: string; billed_before: string; provenance: { reported: string; counted: string; estimated: string }; price_ids: (string)[]; groups: ({ project: (string | null); provider: string; model: string; service_tier: string; class: string; price_ids: (string)[]; quantity: string; provenance: { reported: string; counted: string; estimated: string }; cost: string; events: string; days: ({ date: string; quantity: string; cost: string; events: string })[] })[] } | null) })[]; event: ({ id: string; customer: string; state: "accepted" | "counted" | "duplicate" | "conflict" | "dead_lettered" | "voided"; time: string; received_at: string; reported_by: string; reason: (string | null); replay: boolean; dead_letter: (string | null); project: (string | null); key: (string | null); type: (string | null); provider: (string | null); model: (string | null); service_tier: (string | null); region: (string | null); status: (string | null); stream: (boolean | null); latency_ms: (number | null); tokens: ({ input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number } | null); provenance: ({ input?: "reported" | "counted" | "estimated"; cache_read?: "reported" | "counted" | "estimated"; cache_write_5m?: "reported" | "counted" | "estimated"; cache_write_1h?: "reported" | "counted" | "estimated"; cache_write_other?: "reported" | "counted" | "estimated"; cache_read_audio?: "reported" | "counted" | "estimated"; input_audio?: "reported" | "counted" | "estimated"; input_image?: "reported" | "counted" | "estimated"; input_video?: "reported" | "counted" | "estimated"; tool_input?: "reported" | "counted" | "estimated"; output?: "reported" | "counted" | "estimated"; reasoning?: "reported" | "counted" | "estimated"; output_audio?: "reported" | "counted" | "estimated"; output_image?: "reported" | "counted" | "estimated" } | null); rule: (string | null); text_tokens: { input: (number | null); output: (number | null) }; requests: number; web_searches: number; cost: (string | null); currency: (string | null); cost_by_class: ({ input?: string; cache_read?: string; cache_write_5m?: string; cache_write_1h?: string; cache_write_other?: string; cache_read_audio?: string; input_audio?: string; input_image?: string; input_video?: string; tool_input?: string; output?: string; reasoning?: string; output_audio?: string; output_image?: string; requests?: string; web_searches?: string; meter?: string } | null); cache_savings: (string | null); price_ids: (string)[]; unpriced_reason: (string | null); flags: (string)[]; metadata: (Record<string, string> | null) })[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/exports': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; month: string; formats: (string)[]; state: "waiting" | "running" | "done" | "failed"; progress: { invoices: number; done: number }; bytes: (number | null); sha256: (string | null); failure: (string | null); created_at: string; finished_at: (string | null) })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { month: string; formats?: ("json" | "pdf" | "ubl" | "cii" | "csv" | "lines_csv" | "focus_csv" | "focus_parquet" | "stripe" | "xero" | "quickbooks")[] } } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; month: string; formats: (string)[]; state: "waiting" | "running" | "done" | "failed"; progress: { invoices: number; done: number }; bytes: (number | null); sha256: (string | null); failure: (string | null); created_at: string; finished_at: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/health': {
    get: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { version: string; checked_at: string; services: ({ service: "ingest" | "api" | "counter" | "quota" | "webhooks" | "billing"; processes: ({ id: string; state: "ready" | "not_ready" | "silent"; started_at: string; reported_at: string; checks: Record<string, boolean> })[] })[]; counting: { lag_entries: (number | null); as_of: (string | null) }; webhooks: { facts_waiting: (number); due: (number); oldest_due_at: (string | null); failing_endpoints: (number); disabled_endpoints: (number) } } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices': {
    get: {
      parameters: { query?: { customer?: string; state?: ("draft" | "finalized" | "paid" | "uncollectible" | "void")[]; month?: string; number?: string; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null) })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/preview': {
    get: {
      parameters: { query?: { customer?: string; at?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { state: "gathering"; customer: string; period: { start: string; end: string; zone: string }; refusals: (({ code: "seller_unknown" | "period_not_ended" | "not_all_counted" | "books" | "dead_letters" | "unpriced" | "rerate_applying" | "invoice_disagrees"; detail: string; facts: Record<string, unknown> })[] | null); document: { format: "tollgate.invoice/1"; id: string; number: (string | null); issued_at: (string | null); due_at: (string | null); currency: string; minor_digits: number; period: { start: string; end: string; zone: string; first_date: string; last_date: string; days: number }; seller: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; buyer: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; purchase_order: (string | null); payment_details: (string | null); note: (string | null); projects?: ({ id: string; name: string })[]; numbers?: ({ id: string; number: string })[]; lines: ({ id: string; subject: string; kind: "usage" | "fee" | "true_up" | "adjustment"; charge: string; description: string; start: string; end: string; amount: string; original_invoice: (string | null); usage: ({ quantity: string; cost: string; events: string; allowance: string; steps: ({ tier: (number | null); quantity: string; unit_price: string; flat_fee: string; amount: string })[]; rated: string; discount: string; over_maximum: string; amount: string; billed_before: string; provenance: { reported: string; counted: string; estimated: string }; price_ids: (string)[]; groups: ({ project: (string | null); provider: string; model: string; service_tier: string; class: string; price_ids: (string)[]; quantity: string; provenance: { reported: string; counted: string; estimated: string }; cost: string; events: string; days: ({ date: string; quantity: string; cost: string; events: string })[] })[] } | null) })[]; coupons: ({ id: string; description: string; amount: string })[]; taxes: ({ id: string; name: string; percent: string; base: string; amount: string })[]; tax_treatment: "taxed" | "reverse_charge" | "exempt" | "none"; tax_text: (string | null); credit_notes: ({ id: string; amount: string })[]; credits: ({ id: string; kind: ("paid" | "promotional"); amount: string; lines: ({ line: string; amount: string })[] })[]; totals: { subtotal: string; net: string; total: string; due: string; carried: string } } } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}': {
    get: {
      parameters: { query?: { format?: "json" | "pdf" | "ubl" | "cii" | "csv" | "lines_csv" | "focus_csv" | "focus_parquet" | "stripe" | "xero" | "quickbooks" }; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null); document: { format: "tollgate.invoice/1"; id: string; number: (string | null); issued_at: (string | null); due_at: (string | null); currency: string; minor_digits: number; period: { start: string; end: string; zone: string; first_date: string; last_date: string; days: number }; seller: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; buyer: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; purchase_order: (string | null); payment_details: (string | null); note: (string | null); projects?: ({ id: string; name: string })[]; numbers?: ({ id: string; number: string })[]; lines: ({ id: string; subject: string; kind: "usage" | "fee" | "true_up" | "adjustment"; charge: string; description: string; start: string; end: string; amount: string; original_invoice: (string | null); usage: ({ quantity: string; cost: string; events: string; allowance: string; steps: ({ tier: (number | null); quantity: string; unit_price: string; flat_fee: string; amount: string })[]; rated: string; discount: string; over_maximum: string; amount: string; billed_before: string; provenance: { reported: string; counted: string; estimated: string }; price_ids: (string)[]; groups: ({ project: (string | null); provider: string; model: string; service_tier: string; class: string; price_ids: (string)[]; quantity: string; provenance: { reported: string; counted: string; estimated: string }; cost: string; events: string; days: ({ date: string; quantity: string; cost: string; events: string })[] })[] } | null) })[]; coupons: ({ id: string; description: string; amount: string })[]; taxes: ({ id: string; name: string; percent: string; base: string; amount: string })[]; tax_treatment: "taxed" | "reverse_charge" | "exempt" | "none"; tax_text: (string | null); credit_notes: ({ id: string; amount: string })[]; credits: ({ id: string; kind: ("paid" | "promotional"); amount: string; lines: ({ line: string; amount: string })[] })[]; totals: { subtotal: string; net: string; total: string; due: string; carried: string } } } | null) } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/credit-notes': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { lines?: ({ line: string; amount: string })[]; reason: string; settlement: "invoice" | "balance" | "outside" } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; invoice: string; number: string; issued_at: string; reason: string; settlement: "invoice" | "balance" | "outside"; currency: string; subtotal: string; total: string; document: { format: "tollgate.credit_note/1"; id: string; number: string; issued_at: string; invoice: { id: string; number: string; issued_at: (string | null) }; reason: string; settlement: "invoice" | "balance" | "outside"; currency: string; minor_digits: number; seller: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; buyer: { id: string; name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null) }; lines: ({ line: string; charge: string; description: string; amount: string })[]; coupons: ({ id: string; description: string; amount: string })[]; taxes: ({ id: string; name: string; percent: string; base: string; amount: string })[]; tax_text: (string | null); totals: { subtotal: string; net: string; total: string } } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/finalize': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': Record<string, unknown> } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/formats': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ format: string; content_type: string; extension: string; lacks: (string)[] })[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/lines/{line}/usage': {
    get: {
      parameters: { query?: { format?: "csv" | "parquet"; limit?: number; cursor?: string }; path: { id: string; line: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { line: { id: string; subject: string; kind: "usage" | "fee" | "true_up" | "adjustment"; charge: string; description: string; start: string; end: string; amount: string; original_invoice: (string | null); usage: ({ quantity: string; cost: string; events: string; allowance: string; steps: ({ tier: (number | null); quantity: string; unit_price: string; flat_fee: string; amount: string })[]; rated: string; discount: string; over_maximum: string; amount: string; billed_before: string; provenance: { reported: string; counted: string; estimated: string }; price_ids: (string)[]; groups: ({ project: (string | null); provider: string; model: string; service_tier: string; class: string; price_ids: (string)[]; quantity: string; provenance: { reported: string; counted: string; estimated: string }; cost: string; events: string; days: ({ date: string; quantity: string; cost: string; events: string })[] })[] } | null) }; start: string; end: string; use: ({ project: (string | null); provider: string; model: string; service_tier: string; class: string; quantity: string; cost: string })[]; data: ({ id: string; time: string; project: (string | null); key: (string | null); type: (string | null); provider: (string | null); model: (string | null); service_tier: (string | null); region: (string | null); status: (string | null); stream: (boolean | null); latency_ms: (number | null); tokens: ({ input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number } | null); provenance: ({ input?: "reported" | "counted" | "estimated"; cache_read?: "reported" | "counted" | "estimated"; cache_write_5m?: "reported" | "counted" | "estimated"; cache_write_1h?: "reported" | "counted" | "estimated"; cache_write_other?: "reported" | "counted" | "estimated"; cache_read_audio?: "reported" | "counted" | "estimated"; input_audio?: "reported" | "counted" | "estimated"; input_image?: "reported" | "counted" | "estimated"; input_video?: "reported" | "counted" | "estimated"; tool_input?: "reported" | "counted" | "estimated"; output?: "reported" | "counted" | "estimated"; reasoning?: "reported" | "counted" | "estimated"; output_audio?: "reported" | "counted" | "estimated"; output_image?: "reported" | "counted" | "estimated" } | null); rule: (string | null); text_tokens: { input: (number | null); output: (number | null) }; requests: number; web_searches: number; cost: (string | null); currency: (string | null); cost_by_class: ({ input?: string; cache_read?: string; cache_write_5m?: string; cache_write_1h?: string; cache_write_other?: string; cache_read_audio?: string; input_audio?: string; input_image?: string; input_video?: string; tool_input?: string; output?: string; reasoning?: string; output_audio?: string; output_image?: string; requests?: string; web_searches?: string; meter?: string } | null); cache_savings: (string | null); price_ids: (string)[]; unpriced_reason: (string | null); flags: (string)[]; metadata: (Record<string, string> | null) })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/pay': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/refusals': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ code: "seller_unknown" | "period_not_ended" | "not_all_counted" | "books" | "dead_letters" | "unpriced" | "rerate_applying" | "invoice_disagrees"; detail: string; facts: Record<string, unknown> })[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/uncollectible': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/verify': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': Record<string, unknown> } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { equal: boolean; differences: ({ where: string; stored: (string | null); found: (string | null) })[]; later: { arrived: number; withdrawn: (string)[]; withdrawn_total: number; rerates: (string)[]; adjusted: ({ invoice: string; number: string; amount: string })[] } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/invoices/{id}/void': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; state: "draft" | "finalized" | "paid" | "uncollectible" | "void"; number: (string | null); period: { start: string; end: string; zone: string }; currency: string; drafted_at: string; finalizes_at: (string | null); refusal: (Record<string, unknown> | null); finalized_at: (string | null); due_at: (string | null); subtotal: (string | null); total: (string | null); due: (string | null); settled_at: (string | null); settled_reason: (string | null); hash: (string | null); previous_hash: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/keys': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string; project?: string; enabled?: "true" | "false" }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[] })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name: string; project?: (string | null); scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models?: ((string)[] | null); allowed_ips?: ((string)[] | null); rate_limits?: ({ requests_per_minute?: (number | null); tokens_per_minute?: (number | null) } | null); enabled?: boolean; expires_at?: (string | null); metadata?: Record<string, unknown>; customer?: (string | null); mode?: "live" | "test" } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[]; secret: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/keys/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[] } } } };
    };
    put?: never;
    post?: never;
    patch: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { name?: string; project?: (string | null); scopes?: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models?: ((string)[] | null); allowed_ips?: ((string)[] | null); rate_limits?: ({ requests_per_minute?: (number | null); tokens_per_minute?: (number | null) } | null); enabled?: boolean; expires_at?: (string | null); metadata?: (Record<string, unknown> | null) } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[] } } } };
    };
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/keys/{id}/disable': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/keys/{id}/enable': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/keys/{id}/rotate': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { grace_seconds?: number; at?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; customer: (string | null); project: (string | null); mode: "live" | "test"; scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[]; allowed_models: ((string)[] | null); allowed_ips: ((string)[] | null); rate_limits: { requests_per_minute: (number | null); tokens_per_minute: (number | null) }; enabled: boolean; disabled_reason: ("leaked" | null); expires_at: (string | null); metadata: Record<string, unknown>; created_at: string; last_used_at: (string | null); last_used_from: (string | null); secrets: ({ id: string; hint: (string | null); created_at: string; retires_at: (string | null); expires_at: (string | null); last_used_at: (string | null); last_used_from: (string | null) })[]; secret: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/limits': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string; scope?: "key" | "project" | "customer" | "organization"; key?: string; project?: string; metric?: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost" }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; model?: (string | null); amount: (number | string); mode: "block" | "alert"; thresholds?: ((number)[] | null); on_unavailable?: (("closed" | { open: (number | string) }) | null); refuse_events?: (boolean | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/limits/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { model?: (string | null); amount?: (number | string); mode?: "block" | "alert"; thresholds?: ((number)[] | null); on_unavailable?: (("closed" | { open: (number | string) }) | null); refuse_events?: (boolean | null) } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/limits/{id}/alerts': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ kind: "threshold" | "projected" | "resolved"; threshold: number; window_start: (string | null); used: (number | string); amount: (number | string); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/limits/{id}/reset': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/limits/{id}/resume': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/limits/{id}/suspend': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { until?: string; for_seconds?: number; reason?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; scope: { key?: string; project?: string; customer?: string; organization?: (true | string) }; customer: (string | null); model: (string | null); metric: "requests" | "input_tokens" | "output_tokens" | "tokens" | "cost"; window: "minute" | "hour" | "day" | "week" | "month" | "billing_period" | "lifetime"; amount: (number | string); mode: "block" | "alert"; thresholds: (number)[]; on_unavailable: ("closed" | { open: (number | string) }); refuse_events: boolean; currency: (string | null); set_by: "operator" | "customer"; counts_from: (string | null); suspended_until: (string | null); created_at: string; updated_at: string; state: "known" | "rebuilding" | "unknown"; used: ((number | string) | null); held: (((number | string) | null)); remaining: ((number | string) | null); projected: (((number | string) | null)); window_start: (string | null); resets_at: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/live': {
    get: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': null } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/organization': {
    get: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; currency: string; zone: string; created_at: string } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/organization/billing': {
    get: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null); payment_details: (string | null); number_prefix: string; payment_term_days: number; grace_seconds: (number | null); xero_account: string } } } };
    };
    put: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name?: string; address?: (string)[]; country?: (string | null); tax_ids?: ({ kind: string; value: string })[]; email?: (string | null); payment_details?: (string | null); number_prefix?: string; payment_term_days?: number; grace_seconds?: (number | null); xero_account?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { name: string; address: (string)[]; country: (string | null); tax_ids: ({ kind: string; value: string })[]; email: (string | null); payment_details: (string | null); number_prefix: string; payment_term_days: number; grace_seconds: (number | null); xero_account: string } } } };
    };
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/plans': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; name: string; currency: string; latest_version: number; archived_at: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name: string; currency?: string; charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; currency: string; latest_version: number; archived_at: (string | null); created_at: string; version: { plan: string; version: number; currency: string; charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null); created_at: string; created_by: string } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/plans/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; currency: string; latest_version: number; archived_at: (string | null); created_at: string; version: { plan: string; version: number; currency: string; charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null); created_at: string; created_by: string } } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/plans/{id}/versions': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ plan: string; version: number; currency: string; charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null); created_at: string; created_by: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { plan: string; version: number; currency: string; charges?: ({ id: string; description: string; classes?: ((string)[] | null); model?: (string | null); project?: (string | null); takes?: ("own" | "all"); split_by?: ("project" | "model" | "class")[]; price_model: ({ kind: "per_unit"; unit_price: string } | { kind: "graduated"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "volume"; tiers: ({ up_to: (string | null); unit_price: string; flat_fee?: string })[] } | { kind: "package"; size: string; price: string } | { kind: "percentage"; of: ("quantity" | "cost"); percent: string; fee_per_event?: string } | { kind: "cost_plus"; percent: string }); allowance?: string; discount?: (null | { kind: "percent"; percent: string } | { kind: "amount"; amount: string }); maximum?: (string | null); minimum?: (string | null) })[]; fees?: ({ id: string; description: string; amount: string })[]; commitment?: ({ id: string; description: string; amount: string; charges?: ((string)[] | null) } | null); created_at: string; created_by: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/portal-sessions': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { customer: string; scopes?: ("usage:read" | "usage:write" | "limits:check" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "webhooks:write")[]; link_seconds?: number; session_seconds?: number } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; url: string; embedded_url: (string | null); customer: string; scopes: ("usage:read" | "usage:write" | "limits:check" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "webhooks:write")[]; expires_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/portal-sessions/open': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { token: string } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; kind: "key" | "portal"; key: string; customer: (string | null); created_at: string; used_at: string; expires_at: string; address: string; user_agent: string; is_current: boolean; key_name: string; customer_name: (string | null); scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/prices': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; provider?: string; model?: string; class?: string; customer?: (string | "list"); at?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: (string | null); provider: string; model: string; class: string; service_tier: "standard" | "batch" | "flex" | "priority"; context: (null | { over: number } | { from: number }); region: (string | null); amount: (string | null); per: "million_tokens" | "unit"; currency: string; effective_from: string; effective_to: (string | null); known_from: string; source: (string | null); note: (string | null); created_at: string; created_by: (string | null) })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': ({ customer?: (string | null); provider: string; model: string; class: string; service_tier?: "standard" | "batch" | "flex" | "priority"; context?: (null | { over: number } | { from: number }); region?: (string | null); amount: (string | null); currency?: string; effective_from?: string; effective_to?: (string | null); source?: (string | null); note?: (string | null) } | ({ customer?: (string | null); provider: string; model: string; class: string; service_tier?: "standard" | "batch" | "flex" | "priority"; context?: (null | { over: number } | { from: number }); region?: (string | null); amount: (string | null); currency?: string; effective_from?: string; effective_to?: (string | null); source?: (string | null); note?: (string | null) })[]) } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': ({ id: string; customer: (string | null); provider: string; model: string; class: string; service_tier: "standard" | "batch" | "flex" | "priority"; context: (null | { over: number } | { from: number }); region: (string | null); amount: (string | null); per: "million_tokens" | "unit"; currency: string; effective_from: string; effective_to: (string | null); known_from: string; source: (string | null); note: (string | null); created_at: string; created_by: (string | null) } | { data: ({ id: string; customer: (string | null); provider: string; model: string; class: string; service_tier: "standard" | "batch" | "flex" | "priority"; context: (null | { over: number } | { from: number }); region: (string | null); amount: (string | null); per: "million_tokens" | "unit"; currency: string; effective_from: string; effective_to: (string | null); known_from: string; source: (string | null); note: (string | null); created_at: string; created_by: (string | null) })[] }) } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/prices/import': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: { dry_run?: "true" | "false" }; path?: never };
      requestBody: { content: { 'application/json': (Record<string, unknown>)[] } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { dry_run: boolean; created: number; unchanged: number; data: ({ id?: string; customer?: (string | null); provider?: string; model?: string; class?: string; service_tier?: "standard" | "batch" | "flex" | "priority"; context?: (null | { over: number } | { from: number }); region?: (string | null); amount?: (string | null); per?: "million_tokens" | "unit"; currency?: string; effective_from?: string; effective_to?: (string | null); known_from?: string; source?: (string | null); note?: (string | null); created_at?: string; created_by?: (string | null) })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/prices/simulate': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { provider: string; model: string; customer?: string; service_tier?: string; region?: string; known_at?: string; type?: "llm.chat" | "llm.responses" | "llm.completion" | "llm.embedding"; time?: string; usage?: Record<string, unknown>; tokens?: { input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number }; requests?: number; web_searches?: number } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { provider: string; model: string; service_tier: string; region: (string | null); customer: (string | null); currency: string; at: string; known_at: string; tokens: { input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number }; cost: (string | null); lines: ({ class: string; amount: string; per: "million_tokens" | "unit"; price_id: string; markup_id: (string | null); why: string; quantity: number; cost: string })[]; unpriced_reason: ("unknown_customer" | "unknown_service_tier" | "unknown_model" | "no_price_in_currency" | "no_price_for_service_tier" | "no_price" | null); missing: (string)[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/prices/unpriced': {
    get: {
      parameters: { query?: { start?: string; end?: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ provider: string; model: string; service_tier: string; region: (string | null); currency: (string | null); reason: string; classes: (string)[]; events: number; tokens: number; customers: number; first_seen: string; last_seen: string })[]; as_of: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/projects': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; name: string; created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name: string; customer?: string } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; name: string; created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/refusals': {
    get: {
      parameters: { query?: { start?: string; end?: string; group_by?: ("minute" | "hour" | "day" | "source" | "code" | "service" | "key")[]; code?: (string)[]; service?: (string)[]; source?: (string)[]; key?: (string)[]; limit?: number }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { start: string; end: string; total: number; data: ({ group: Record<string, string>; count: number })[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/rerates': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; state: "rating" | "rated" | "applying" | "applied" | "cancelled" | "failed"; start: string; end: string; filter: Record<string, unknown>; dry_run: boolean; reason: string; prices_known_at: string; created_at: string; created_by: string; finished_at: (string | null); progress: { examined: number; changed: number; applied: number; skipped: number } })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { start: string; end: string; filter?: { customer?: (string | (string)[]); project?: (string | (string)[]); key?: (string | (string)[]); provider?: (string | (string)[]); model?: (string | (string)[]); type?: (string | (string)[]); service_tier?: (string | (string)[]); unpriced_only?: boolean }; dry_run?: boolean; reason: string } } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; state: "rating" | "rated" | "applying" | "applied" | "cancelled" | "failed"; start: string; end: string; filter: Record<string, unknown>; dry_run: boolean; reason: string; prices_known_at: string; created_at: string; created_by: string; finished_at: (string | null); progress: { examined: number; changed: number; applied: number; skipped: number } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/rerates/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; state: "rating" | "rated" | "applying" | "applied" | "cancelled" | "failed"; start: string; end: string; filter: Record<string, unknown>; dry_run: boolean; reason: string; prices_known_at: string; created_at: string; created_by: string; finished_at: (string | null); progress: { examined: number; changed: number; applied: number; skipped: number }; report: { totals: ({ currency: (string | null); events: number; changed: number; old_cost: string; new_cost: string; difference: string; unpriced_before: number; still_unpriced: number })[]; lines: ({ customer: string; provider: string; model: string; currency: (string | null); events: number; changed: number; old_cost: string; new_cost: string; difference: string; unpriced_before: number; still_unpriced: number; old_price_ids: (string)[]; new_price_ids: (string)[] })[] } } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/rerates/{id}/apply': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; state: "rating" | "rated" | "applying" | "applied" | "cancelled" | "failed"; start: string; end: string; filter: Record<string, unknown>; dry_run: boolean; reason: string; prices_known_at: string; created_at: string; created_by: string; finished_at: (string | null); progress: { examined: number; changed: number; applied: number; skipped: number } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/rerates/{id}/cancel': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; state: "rating" | "rated" | "applying" | "applied" | "cancelled" | "failed"; start: string; end: string; filter: Record<string, unknown>; dry_run: boolean; reason: string; prices_known_at: string; created_at: string; created_by: string; finished_at: (string | null); progress: { examined: number; changed: number; applied: number; skipped: number } } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/sessions': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; kind: "key" | "portal"; key: string; customer: (string | null); created_at: string; used_at: string; expires_at: string; address: string; user_agent: string; is_current: boolean })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; kind: "key" | "portal"; key: string; customer: (string | null); created_at: string; used_at: string; expires_at: string; address: string; user_agent: string; is_current: boolean; key_name: string; customer_name: (string | null); scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/sessions/current': {
    get: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; kind: "key" | "portal"; key: string; customer: (string | null); created_at: string; used_at: string; expires_at: string; address: string; user_agent: string; is_current: boolean; key_name: string; customer_name: (string | null); scopes: ("usage:write" | "usage:write:any" | "usage:read" | "limits:check" | "limits:check:any" | "keys:read" | "keys:write" | "limits:read" | "limits:write" | "billing:read" | "billing:write" | "webhooks:write" | "admin")[] } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path?: never };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/sessions/{id}': {
    get?: never;
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/subscriptions': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string; plan?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: string; plan: string; version: number; start: string; end: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { customer: string; plan: string; version?: number; start?: string; end?: (string | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; plan: string; version: number; start: string; end: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/subscriptions/{id}/change': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { plan?: string; version?: number; at?: string } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; plan: string; version: number; start: string; end: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/subscriptions/{id}/end': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { at?: string } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: string; plan: string; version: number; start: string; end: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/tax-rates': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; name: string; percent: string; country: (string | null); archived_at: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { name: string; percent: string; country?: (string | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; name: string; percent: string; country: (string | null); archived_at: (string | null); created_at: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/tax-rates/{id}': {
    get?: never;
    put?: never;
    post?: never;
    patch?: never;
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/usage': {
    get: {
      parameters: { query: { start: string; end: string; bucket?: "minute" | "hour" | "day" | "month"; zone?: string; group_by?: (string)[]; customer?: (string)[]; project?: (string)[]; key?: (string)[]; model?: (string)[]; provider?: (string)[]; type?: (string)[]; service_tier?: (string)[]; status?: (string)[]; currency?: (string)[]; token_class?: (string)[]; metadata?: Record<string, (string)[]>; format?: "json" | "csv"; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ start: string; end: string; group: Record<string, string>; tokens: { input?: number; cache_read?: number; cache_write_5m?: number; cache_write_1h?: number; cache_write_other?: number; cache_read_audio?: number; input_audio?: number; input_image?: number; input_video?: number; tool_input?: number; output?: number; reasoning?: number; output_audio?: number; output_image?: number }; requests: number; web_searches: number; events: number; cost: (string | null); currency: (string | null); unpriced_events: number })[]; as_of: (string | null); next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/usage/drift': {
    get: {
      parameters: { query: { start: string; end: string; group_by?: (string)[]; customer?: (string)[]; project?: (string)[]; key?: (string)[]; model?: (string)[]; provider?: (string)[]; type?: (string)[]; service_tier?: (string)[]; status?: (string)[]; currency?: (string)[]; metadata?: Record<string, (string)[]>; limit?: number; cursor?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ group: Record<string, string>; events: number; input: ({ events: number; reported_tokens: number; counted_tokens: number; difference: number; relative_difference: (number | null); event_p50: number; event_p95: number; event_max: number } | null); output: ({ events: number; reported_tokens: number; counted_tokens: number; difference: number; relative_difference: (number | null); event_p50: number; event_p95: number; event_max: number } | null) })[]; as_of: (string | null); next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-deliveries': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string; endpoint?: string; state?: "pending" | "delivered" | "failed"; type?: "limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled" | "webhook.test"; start?: string; end?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; message: string; endpoint: string; customer: (string | null); type: "limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled" | "webhook.test"; order: number; state: "pending" | "delivered" | "failed"; next_attempt_at: (string | null); created_at: string; delivered_at: (string | null); attempts: ({ at: string; duration_ms: number; status: (number | null); error: ("forbidden_url" | "forbidden_address" | "name_not_resolved" | "connection_failed" | "connection_lost" | "tls_failed" | "timeout" | "malformed_answer" | "secret_not_readable" | "other" | null); next_attempt_at: (string | null) })[] })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-deliveries/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; message: string; endpoint: string; customer: (string | null); type: "limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled" | "webhook.test"; order: number; state: "pending" | "delivered" | "failed"; next_attempt_at: (string | null); created_at: string; delivered_at: (string | null); attempts: ({ at: string; duration_ms: number; status: (number | null); error: ("forbidden_url" | "forbidden_address" | "name_not_resolved" | "connection_failed" | "connection_lost" | "tls_failed" | "timeout" | "malformed_answer" | "secret_not_readable" | "other" | null); next_attempt_at: (string | null) })[]; body: string } } } };
    };
    put?: never;
    post?: never;
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-deliveries/{id}/replay': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; message: string; endpoint: string; customer: (string | null); type: "limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled" | "webhook.test"; order: number; state: "pending" | "delivered" | "failed"; next_attempt_at: (string | null); created_at: string; delivered_at: (string | null); attempts: ({ at: string; duration_ms: number; status: (number | null); error: ("forbidden_url" | "forbidden_address" | "name_not_resolved" | "connection_failed" | "connection_lost" | "tls_failed" | "timeout" | "malformed_answer" | "secret_not_readable" | "other" | null); next_attempt_at: (string | null) })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-endpoints': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; customer?: string }; path?: never };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { data: ({ id: string; customer: (string | null); url: string; types: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description: string; header_names: (string)[]; enabled: boolean; disabled_reason: ("gone" | "failing" | null); failing_since: (string | null); failures_in_a_row: number; secret_created_at: string; previous_secret_expires_at: (string | null); created_at: string })[]; next_cursor: (string | null) } } } };
    };
    put?: never;
    post: {
      parameters: { query?: never; path?: never };
      requestBody: { content: { 'application/json': { url: string; types?: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description?: string; headers?: Record<string, string>; enabled?: boolean; customer?: (string | null) } } };
      responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: (string | null); url: string; types: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description: string; header_names: (string)[]; enabled: boolean; disabled_reason: ("gone" | "failing" | null); failing_since: (string | null); failures_in_a_row: number; secret_created_at: string; previous_secret_expires_at: (string | null); created_at: string; secret: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-endpoints/{id}': {
    get: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: (string | null); url: string; types: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description: string; header_names: (string)[]; enabled: boolean; disabled_reason: ("gone" | "failing" | null); failing_since: (string | null); failures_in_a_row: number; secret_created_at: string; previous_secret_expires_at: (string | null); created_at: string } } } };
    };
    put?: never;
    post?: never;
    patch: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { url?: string; types?: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description?: string; headers?: (Record<string, (string | null)> | null); enabled?: boolean } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: (string | null); url: string; types: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description: string; header_names: (string)[]; enabled: boolean; disabled_reason: ("gone" | "failing" | null); failing_since: (string | null); failures_in_a_row: number; secret_created_at: string; previous_secret_expires_at: (string | null); created_at: string } } } };
    };
    delete: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 204: { headers: { [name: string]: unknown }; content?: never } };
    };
  };
  '/v1/webhook-endpoints/{id}/replay': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { start: string; end: string; which?: "undelivered" | "all"; cursor?: (string | null) } } };
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { replayed: number; next_cursor: (string | null) } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-endpoints/{id}/rotate-secret': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody: { content: { 'application/json': { grace_seconds?: number } } };
      responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; customer: (string | null); url: string; types: (("limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled")[] | null); description: string; header_names: (string)[]; enabled: boolean; disabled_reason: ("gone" | "failing" | null); failing_since: (string | null); failures_in_a_row: number; secret_created_at: string; previous_secret_expires_at: (string | null); created_at: string; secret: string } } } };
    };
    patch?: never;
    delete?: never;
  };
  '/v1/webhook-endpoints/{id}/test': {
    get?: never;
    put?: never;
    post: {
      parameters: { query?: never; path: { id: string } };
      requestBody?: never;
      responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; message: string; endpoint: string; customer: (string | null); type: "limit.threshold_reached" | "quota.exceeded" | "spend_limit.reached" | "limit.resolved" | "limit.projected" | "key.created" | "key.rotated" | "key.revoked" | "key.leaked" | "key.unusual_use" | "usage.dead_lettered" | "invoice.drafted" | "invoice.finalized" | "invoice.voided" | "credit.low" | "webhook.disabled" | "webhook.test"; order: number; state: "pending" | "delivered" | "failed"; next_attempt_at: (string | null); created_at: string; delivered_at: (string | null); attempts: ({ at: string; duration_ms: number; status: (number | null); error: ("forbidden_url" | "forbidden_address" | "name_not_resolved" | "connection_failed" | "connection_lost" | "tls_failed" | "timeout" | "malformed_answer" | "secret_not_readable" | "other" | null); next_attempt_at: (string | null) })[] } } } };
    };
    patch?: never;
    delete?: never;
  };
}
