/** OpenAPI 3.1 made from the schemas of the routes, and pages to read and try them. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Authenticator } from './authenticate.ts'

/** Must be registered before the routes. */
export async function docs(app: FastifyInstance, auth: Authenticator): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Orchid Watch 兰哨',
        version: '0.1.0',
        description: 'Intake, commands and tables of the governance centre. Live rows: Socket.IO, namespace /live.',
      },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'orchid_session' } },
      },
      security: [{ token: [] }, { session: [] }],
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiHooks: {
      onRequest: async (request) => {
        if (!auth.fromHere(request)) await auth.require(request, 'read')
      },
    },
  })
  app.get('/openapi.json', { schema: { tags: ['operation'], summary: 'This description' } }, async (request) => {
    if (!auth.fromHere(request)) await auth.require(request, 'read')
    return app.swagger()
  })
}
