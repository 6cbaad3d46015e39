// Months of usage made inside ClickHouse from a seed, as if it had been counted: rows, and the marks of their hours. One
// customer has a fifth of it.

const ROWS_PER_INSERT = 500_000;
const OTHER_CUSTOMERS = 200;

/** Fills `months` months that end with the last one before `beforeMs` (a month's start) with `rows` rows in all. */
export async function storeUsage(sql, { rows, months, beforeMs, bigCustomer }) {
  const before = new Date(beforeMs);
  const perMonth = Math.ceil(rows / months);
  for (let back = 1; back <= months; back++) {
    const startMs = Date.UTC(before.getUTCFullYear(), before.getUTCMonth() - back, 1);
    const endMs = Date.UTC(before.getUTCFullYear(), before.getUTCMonth() - back + 1, 1);
    for (let from = 0; from < perMonth; from += ROWS_PER_INSERT) {
      const count = Math.min(ROWS_PER_INSERT, perMonth - from);
      await sql(insertSql({ startMs, endMs, from, count, seed: back, bigCustomer }));
    }
  }
  await sql(`INSERT INTO hour_changes (customer_id, hour, changed_at)
    SELECT DISTINCT customer_id, hour, now64(3) - INTERVAL 1 DAY FROM usage_rows`);
}

function insertSql({ startMs, endMs, from, count, seed, bigCustomer }) {
  const startSeconds = startMs / 1_000;
  const seconds = (endMs - startMs) / 1_000;
  return `INSERT INTO usage_rows (customer_id, event_id, version, time, received_at, content_hash, project_id, key_id, type,
      provider, model, service_tier, status, is_stream, latency_ms, input, cache_read, output, requests, provenance, rule,
      currency, cost_pico, class_costs, cache_savings_pico, price_ids, metadata, reported_usage)
    SELECT
      if(number % 5 = 0, '${bigCustomer}', concat('cus_bench_', toString(cityHash64(number) % ${OTHER_CUSTOMERS}))),
      concat('evt_', hex(sipHash128(number, ${seed}))),
      toUInt128(bitShiftLeft(toUInt128('79228162514264337593543950335') - number * 4096, 24)),
      toDateTime64(${startSeconds} + cityHash64(number, 'time', ${seed}) % ${seconds}, 3, 'UTC') AS time, time,
      cityHash64(number, 'content'), concat('prj_', toString(number % 2)), concat('key_', toString(number % 6)), 'llm.chat',
      'openai', ['gpt-4o', 'gpt-4o-mini', 'o3'][number % 3 + 1], 'standard', 'completed', number % 2,
      toFloat64(number % 3000), cityHash64(number, 'input') % 4000 AS input, number % 3 = 0 ? 1024 : 0 AS cache_read,
      cityHash64(number, 'output') % 900 AS output, 1, 'input:reported,output:reported', 'openai.chat', 'USD',
      toInt64(input * 1000 + cache_read * 500 + output * 4000),
      [toInt64(input * 1000), toInt64(cache_read * 500), 0, 0, 0, 0, 0, 0, 0, 0, toInt64(output * 4000)],
      toInt64(cache_read * 500), ['prc_1', 'prc_2'],
      map('feature', ['chat', 'search', 'summarize'][number % 3 + 1], 'end_user', concat('u_', toString(number % 5000))),
      concat('{"prompt_tokens":', toString(input), ',"completion_tokens":', toString(output), '}')
    FROM numbers(${from}, ${count})`;
}

/** Statements to the server as they are; resolves with the answer's text when all of it is done. */
export function sqlOf(clickhouseUrl) {
  return async (statement) => {
    const url = `${clickhouseUrl}/?wait_end_of_query=1&max_partitions_per_insert_block=0`;
    const res = await fetch(url, { method: 'POST', body: statement, headers: { connection: 'close' } });
    const text = await res.text();
    if (!res.ok) throw new Error(text);
    return text.trim();
  };
}
