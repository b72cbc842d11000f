/** Ajv's `maxLength` and `minLength`. They count characters (code points), and here only where the number of 16-bit units leaves the answer open. */
import { _, type Ajv, type Code, str } from 'ajv'

/** Counting each text twice took longer than all else that is asked of a report. */
export function countSeldom(ajv: Ajv): void {
  rule(ajv, 'maxLength', 'more', (text, most) => {
    const units = _`${text}.length`
    // A character takes one unit or two.
    return _`${units} > ${most} && (${units} > 2 * ${most} || Array.from(${text}).length > ${most})`
  })
  rule(ajv, 'minLength', 'fewer', (text, least) => _`${text}.length < 2 * ${least} && Array.from(${text}).length < ${least}`)
}

/** `fails`: code that is true of a text which breaks the limit. The words are Ajv's own. */
function rule(ajv: Ajv, keyword: string, than: string, fails: (text: Code, limit: Code) => Code): void {
  ajv.removeKeyword(keyword)
  ajv.addKeyword({
    keyword,
    type: 'string',
    schemaType: 'number',
    error: {
      message: ({ schemaCode }) => str`must NOT have ${than} than ${schemaCode} characters`,
      params: ({ schemaCode }) => _`{limit: ${schemaCode}}`,
    },
    code(context) {
      context.fail(fails(context.data, context.schemaCode as Code))
    },
  })
}
