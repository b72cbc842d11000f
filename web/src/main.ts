/** Starts the pages: fonts and tokens first, then store, texts and routes. */
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/noto-sans-sc/wght.css'
import '@fontsource-variable/noto-serif-sc/wght.css'
import './ui/tokens.css'
import './ui/base.css'
import './ui/night.css'
import './ui/old.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { RouterView } from 'vue-router'
import { i18n } from './i18n/i18n.ts'
import { router } from './router.ts'

createApp(RouterView).use(createPinia()).use(i18n).use(router).mount('#app')
