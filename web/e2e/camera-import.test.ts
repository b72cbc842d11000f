/** The page where lists of cameras come in: declared coordinates, preview with numbered rows, then all or only the good ones, with progress; and the export. */
import { readFileSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page
const result = (): ReturnType<Page['getByTestId']> => page.getByTestId('import-result')
const choose = (name: string, text: string | Buffer): Promise<void> =>
  page.locator('input[type="file"]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) })
const TITLES = '编号,名称,经度,纬度,点位类型,责任人\n'
const GOOD = `${TITLES}new-1,桥头一号,119.4712,29.2101,重点路段,网格员\nnew-2,渡口,119.4713,29.2102,江河,网格员\n`

test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await (await browser.newContext()).newPage()
})
test.afterAll(async () => {
  await page?.context().close()
  await city?.stop()
})

test('a stranger is sent to sign in and comes back; an administrator sees who is asking', async () => {
  await page.goto(`${city.base}/settings/cameras`)
  await expect(page.getByRole('alert')).toContainText('系统管理员')
  await page.getByRole('link', { name: '登录' }).click()
  const admin = city.access.accounts.find(({ role }) => role === 'system-admin') as { account: string; password: string }
  await page.locator('input').first().fill(admin.account)
  await page.locator('input[type="password"]').fill(admin.password)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('camera-import')).toContainText(/登记在册 7.043 路/)
  await expect(page.locator('[name="backend"] option').first()).toHaveText('自有网关')
})

test('coordinates without a declared system are not sent; a preview tells each bad row by its number and stores nothing', async () => {
  const bad = `${GOOD}new-3,,119.47,29.21,重点路段,\nnew-1,又一个,119.4712,29.2101,重点路段,\n`
  await choose('cameras.csv', bad)
  await expect(page.getByRole('button', { name: '预览' })).toBeDisabled()
  await page.locator('[name="crs"]').selectOption('CGCS2000')
  await page.getByRole('button', { name: '预览' }).click()
  await expect(result()).toContainText('尚未入库')
  await expect(page.getByTestId('created')).toContainText('2')
  await expect(page.getByTestId('refused')).toContainText('2')
  await expect(page.getByTestId('refused-rows').locator('tbody tr').first()).toContainText(/4.*name.*没有名称/)
  await expect(page.getByTestId('refused-rows').locator('tbody tr').nth(1)).toContainText(/5.*id.*重复/)
  await keepPicture(page, 'camera-import/preview.png', { fullPage: true })
  expect(await seriousFaults(page)).toEqual([])
  expect((await city.call('/api/cameras/search?q=桥头一号', 'viewer')).json.total).toBe(0)
})

test('all or nothing stores nothing while a row is bad; the good rows alone are stored, and the same list again changes nothing', async () => {
  await page.locator('[name="mode"]').selectOption('all-or-nothing')
  // Another option, another preview.
  await expect(page.getByRole('button', { name: '导入' })).toBeDisabled()
  await page.getByRole('button', { name: '预览' }).click()
  await expect(result()).toBeVisible()
  await page.locator('[name="mode"]').selectOption('good-rows')
  await page.getByRole('button', { name: '预览' }).click()
  await expect(result()).toContainText('尚未入库')
  await page.getByRole('button', { name: '导入' }).click()
  await expect(result().locator('h2')).toHaveText('已导入')
  await expect(page.getByTestId('created')).toContainText('2')
  await choose('again.csv', GOOD)
  await page.getByRole('button', { name: '预览' }).click()
  await expect(page.getByTestId('unchanged')).toContainText('2')
  await expect(page.getByTestId('created')).toContainText('0')
  expect((await city.call('/api/cameras/search?q=桥头一号', 'viewer')).json.total).toBe(1)
})

test('a catalog of GB/T 28181 and GeoJSON come in the same way, and a workbook of Excel 97 is told what to do', async () => {
  const item =
    '<Item><DeviceID>33078100001320990077</DeviceID><Name>闸口</Name><Parental>0</Parental><Longitude>119.4714</Longitude><Latitude>29.2103</Latitude></Item>'
  await choose(
    'catalog.xml',
    `<?xml version="1.0"?><Response><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>33078100002000000001</DeviceID><SumNum>1</SumNum><DeviceList Num="1">${item}</DeviceList></Response>`,
  )
  await page.locator('[name="siteKind"]').selectOption('river')
  await page.getByRole('button', { name: '预览' }).click()
  await expect(page.getByTestId('created')).toContainText('1')
  await choose('old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...new Array(600).fill(0)]))
  await page.getByRole('button', { name: '预览' }).click()
  await expect(result()).toContainText('另存为 .xlsx')
})

test('a long list tells how far it is; the registry goes out in the columns of the import', async () => {
  const long =
    TITLES +
    Array.from({ length: 12_000 }, (_, i) => `long-${i},点位 ${i},119.4${String(i).padStart(5, '0')},29.21,重点路段,网格员`).join('\n')
  await choose('long.csv', long)
  const seen = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const texts = new Set<string>()
        const observer = new MutationObserver(() => {
          const status = document.querySelector('[role="status"]')?.textContent
          if (status) texts.add(status.replace(/\d[\d\s\u2009]*/, 'n'))
          if (document.querySelector('[data-testid="import-result"]')) {
            observer.disconnect()
            resolve([...texts])
          }
        })
        observer.observe(document.body, { subtree: true, childList: true, characterData: true })
      }),
  )
  await page.getByRole('button', { name: '预览' }).click()
  expect(await seen).toContainEqual(expect.stringMatching(/正在核对，已读 n/))
  await expect(page.getByTestId('created')).toHaveText(/12.000/)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV（中文表头）' }).click()])
  const text = readFileSync((await file.path()) as string, 'utf8')
  expect(text).toMatch(/^\ufeff编号,国标编码,名称/)
  expect(text).toContain('桥头一号')
})
