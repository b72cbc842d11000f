/** Which address opens which screen; each screen is a chunk of its own. */
import { createRouter, createWebHistory } from 'vue-router'

const Unbuilt = () => import('./screens/unbuilt/UnbuiltScreen.vue')

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/wall' },
    { path: '/wall', component: () => import('./screens/wall/WallScreen.vue') },
    { path: '/sign-in', component: () => import('./screens/sign-in/SignInScreen.vue') },
    { path: '/console', component: Unbuilt, props: { name: 'console' } },
    { path: '/phone', component: Unbuilt, props: { name: 'phone' } },
    { path: '/replay', component: Unbuilt, props: { name: 'replay' } },
    { path: '/settings', component: () => import('./screens/settings/SettingsScreen.vue') },
    { path: '/settings/cameras', component: () => import('./screens/settings/cameras/CameraImportScreen.vue') },
    { path: '/settings/cameras/health', component: () => import('./screens/settings/health/CameraHealthScreen.vue') },
    { path: '/settings/views', component: () => import('./screens/settings/views/CameraViewsScreen.vue') },
    { path: '/settings/gallery', component: () => import('./screens/gallery/GalleryScreen.vue') },
    { path: '/:path(.*)*', component: Unbuilt, props: { name: 'unknown' } },
  ],
})
