// The terms of a plan as somebody writes them: whether the text is an object of JSON. What is in it is for the API to judge.

type Read =
  | { readonly kind: 'terms'; readonly terms: Readonly<Record<string, unknown>> }
  | { readonly kind: 'flawed'; readonly flaw: string };

export function termsIn(text: string): Read {
  try {
    const terms: unknown = JSON.parse(text);
    if (typeof terms === 'object' && terms !== null && !Array.isArray(terms))
      return { kind: 'terms', terms: { ...terms } };
    return { kind: 'flawed', flaw: 'The terms are an object: they begin with {.' };
  } catch (error) {
    return { kind: 'flawed', flaw: `This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}` };
  }
}
