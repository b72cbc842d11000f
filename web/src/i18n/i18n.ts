/** Texts: Chinese first, English beside (`?lang=en`). Messages are compiled to data, never to code, so no eval is needed. */
import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { zhCN } from './zh-cn.ts'

const wanted = new URLSearchParams(location.search).get('lang')
const locale = wanted?.startsWith('en') ? 'en' : 'zh-CN'
document.documentElement.lang = locale

export const i18n = createI18n({ legacy: false, locale, fallbackLocale: 'zh-CN', messages: { 'zh-CN': zhCN, en } })
